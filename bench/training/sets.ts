/**
 * Sets of the runs of `docs/training.md`, in the official form, in `build/training`: drawings as the recipe of the shipped model
 * renders them, with a style it has not seen to validate on, and the stamps of Tux Paint, of which a fifth is kept
 * out. `npx tsx bench/training/sets.ts`; needs `npm ci` and `npm run data` in `models/mini`, and Debian's tools.
 */
import { drawings, trainedConcepts, unseenDrawings } from '../../models/mini/data/drawings.ts';
import { type Item, writeSplit } from '../../models/mini/data/split.ts';
import { captionedStamps, fetchStamps, stampImage } from '../../models/mini/data/tuxpaint.ts';
import { folder } from './plans.ts';

const concepts = await trainedConcepts();
await writeSplit(folder('drawings'), 'small', drawings(concepts, { count: 12_800, from: 0.9, to: 1 }));
await writeSplit(folder('drawings'), 'valid', await unseenDrawings(concepts));

const stamps: Item[] = [];
for (const stamp of await captionedStamps(await fetchStamps()))
  stamps.push({ text: stamp.label, picture: await stampImage(stamp) });
const isKeptOut = (_: Item, place: number) => place % 5 === 0;
await writeSplit(
  folder('stamps'),
  'train',
  stamps.filter((stamp, place) => !isKeptOut(stamp, place)),
);
await writeSplit(folder('stamps'), 'valid', stamps.filter(isKeptOut));
