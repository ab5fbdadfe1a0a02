/** Draws pictures for the examples: `npm run examples -- 西瓜 小提琴 …`, each label a file of `examples/pictures`. */
import { mkdir } from 'node:fs/promises';
import sharp from 'sharp';
import { loadConcepts } from './concepts.ts';
import { recipePath } from './files.ts';
import { loadStyles, UNSEEN_STYLE } from './styles.ts';

const SIZE = 256;
const MARGIN = 12;
const WHITE = '#ffffff';

const folder = recipePath('../../examples/pictures');
const concepts = await loadConcepts();
const drawing = (await loadStyles()).get(UNSEEN_STYLE)!;
await mkdir(folder, { recursive: true });
for (const label of process.argv.slice(2)) {
  const concept = concepts.find((concept) => concept.label === label);
  if (concept === undefined) throw new Error(`No concept is called ${label}.`);
  const source = await drawing(concept);
  await sharp(source, { density: SIZE })
    .resize(SIZE - 2 * MARGIN)
    .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: WHITE })
    .flatten({ background: WHITE })
    .png({ palette: true })
    .toFile(`${folder}/${label}.png`);
  console.log(`${label}${concept.heldOut ? ' (held out of training)' : ''}`);
}
