/**
 * Sets that the shipped model is trained on in `docs/training.md`, in the official form, in `build/training`: drawings as its
 * recipe renders them, with a style it has not seen to validate on, and the stamps of Tux Paint, of which a fifth is kept
 * out. `npx tsx bench/training/sets.ts`; needs `npm ci` and `npm run data` in `models/mini`, and Debian's tools.
 */
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { strengthAt } from '../../models/mini/data/augment.ts';
import { createBatches } from '../../models/mini/data/batches.ts';
import { type Concept, loadConcepts } from '../../models/mini/data/concepts.ts';
import { testImages } from '../../models/mini/data/evaluation.ts';
import { PICTURE_LENGTH, PICTURE_SIZE } from '../../models/mini/data/picture.ts';
import { loadSprites } from '../../models/mini/data/sprites.ts';
import { captionedStamps, fetchStamps, stampImage } from '../../models/mini/data/tuxpaint.ts';
import { SEED } from '../../models/mini/model.ts';
import { createRandom, progressMeter } from '../../src/base/index.ts';
import { CLIP_MEAN, CLIP_STD, type RawImage } from '../../src/clip/index.ts';
import { ROOT } from '../paths.ts';

/** Splits of drawings: how many, and which part of the recipe's run they stand for, through which augmentation grows. */
const DRAWINGS = {
  plain: { count: 80_000, from: 0, to: 0.1 },
  half: { count: 200_000, from: 0.1, to: 0.35 },
  train: { count: 520_000, from: 0.35, to: 1 },
  small: { count: 12_800, from: 0.9, to: 1 },
} as const;
const BATCH = 64;
const folder = (...parts: string[]) => join(ROOT, 'build/training', ...parts);

interface Item {
  readonly text: string;
  readonly picture: RawImage;
}

/** Writes a split of TSV and JSONL: a picture for each item, a text for each picture. */
async function writeSplit(
  name: string,
  split: string,
  items: AsyncIterable<Item> | Iterable<Item>,
): Promise<number> {
  await mkdir(folder(name), { recursive: true });
  const pictures = await open(folder(name, `${split}_imgs.tsv`), 'w');
  const lines: string[] = [];
  for await (const { text, picture } of items) {
    const { data, width, height, channels } = picture;
    const raw = { width, height, channels: channels as 3 };
    const png = await sharp(data, { raw }).png({ compressionLevel: 1 }).toBuffer();
    const id = lines.length;
    await pictures.write(`${id}\t${png.toString('base64')}\n`);
    lines.push(`${JSON.stringify({ text_id: id, text, image_ids: [id] })}\n`);
  }
  await pictures.close();
  await writeFile(folder(name, `${split}_texts.jsonl`), lines);
  console.log(`${name}, ${split}: ${lines.length} pairs`);
  return lines.length;
}

/** Training pictures as the recipe renders them. */
async function* drawings(
  concepts: readonly Concept[],
  { count, from, to }: (typeof DRAWINGS)[keyof typeof DRAWINGS],
): AsyncGenerator<Item> {
  const random = createRandom(SEED + count);
  const draw = createBatches(concepts, await loadSprites('sprites'));
  const meter = progressMeter('picture', count, ({ done, total }) => {
    process.stderr.write(`\r${done}/${total} `);
  });
  for (let made = 0; made < count; made += BATCH) {
    const batch = draw(BATCH, strengthAt(from + ((to - from) * made) / count), random);
    for (const [i, concept] of batch.concepts.entries()) {
      yield { text: concepts[concept]!.label, picture: asBytes(batch.pixels.data as Float32Array, i) };
      meter.advance();
    }
  }
}

/** One of a batch's normalised pictures as RGB bytes. */
function asBytes(planes: Float32Array, index: number): RawImage {
  const data = new Uint8Array(PICTURE_LENGTH);
  const pixels = PICTURE_SIZE * PICTURE_SIZE;
  for (let channel = 0; channel < 3; channel++) {
    const plane = index * PICTURE_LENGTH + channel * pixels;
    for (let i = 0; i < pixels; i++) {
      const value = planes[plane + i]! * CLIP_STD[channel]! + CLIP_MEAN[channel]!;
      data[3 * i + channel] = Math.round(Math.min(1, Math.max(0, value)) * 255);
    }
  }
  return { data, width: PICTURE_SIZE, height: PICTURE_SIZE, channels: 3 };
}

const concepts = (await loadConcepts()).filter(({ heldOut }) => !heldOut);
for (const [split, own] of Object.entries(DRAWINGS))
  await writeSplit('drawings', split, drawings(concepts, own));
const unseen = testImages(concepts, await loadSprites('openmoji'), 'white');
await writeSplit(
  'drawings',
  'valid',
  unseen.map((picture, i) => ({ text: concepts[i]!.label, picture })),
);

const stamps: Item[] = [];
for (const stamp of await captionedStamps(await fetchStamps()))
  stamps.push({ text: stamp.label, picture: await stampImage(stamp) });
await writeSplit(
  'stamps',
  'train',
  stamps.filter((_, i) => i % 5 !== 0),
);
await writeSplit(
  'stamps',
  'valid',
  stamps.filter((_, i) => i % 5 === 0),
);
