/** Training pictures as the recipe renders them, with the concepts' labels. */
import { createRandom, progressMeter } from '../../../src/base/index.ts';
import { CLIP_MEAN, CLIP_STD, type RawImage } from '../../../src/clip/index.ts';
import { SEED } from '../model.ts';
import { strengthAt } from './augment.ts';
import { createBatches } from './batches.ts';
import { type Concept, loadConcepts } from './concepts.ts';
import { testImages } from './evaluation.ts';
import { PICTURE_LENGTH, PICTURE_SIZE } from './picture.ts';
import type { Item } from './split.ts';
import { loadSprites } from './sprites.ts';

/** How many pictures, and which part of the run they are for, through which augmentation grows. */
export interface Drawings {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

const BATCH = 64;

/** Concepts that are trained on. */
export const trainedConcepts = async () => (await loadConcepts()).filter(({ heldOut }) => !heldOut);

export async function* drawings(
  concepts: readonly Concept[],
  { count, from, to }: Drawings,
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

/** Every concept once, in the style that is never trained on. */
export async function unseenDrawings(concepts: readonly Concept[]): Promise<Item[]> {
  const unseen = testImages(concepts, await loadSprites('openmoji'), 'white');
  return unseen.map((picture, i) => ({ text: concepts[i]!.label, picture }));
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
