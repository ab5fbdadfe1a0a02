import type { EngineTensor } from '../../../src/engine/index.ts';
import type { Random } from '../../../src/train/index.ts';
import { createRenderer } from './augment.ts';
import type { Concept } from './concepts.ts';
import { PICTURE_LENGTH, PICTURE_SIZE } from './picture.ts';
import { createSampler } from './sampler.ts';
import { SPRITE_BYTES, type Sprites } from './sprites.ts';

/** Pictures of distinct concepts. */
export interface PictureBatch {
  /** Positions in the list of concepts. */
  readonly concepts: readonly number[];
  /** [size, 3, 64, 64] */
  readonly pixels: EngineTensor;
}

/** Draws and renders batches; their only state is the generator's. */
export function createBatches(
  concepts: readonly Concept[],
  sprites: Sprites,
): (size: number, strength: number, random: Random) => PictureBatch {
  const sample = createSampler(concepts, sprites.records);
  const render = createRenderer();
  return (size, strength, random) => {
    const drawn = sample(size, random);
    const data = new Float32Array(size * PICTURE_LENGTH);
    drawn.concepts.forEach((concept, i) => {
      const start = drawn.sprites[i]! * SPRITE_BYTES;
      const sprite = sprites.pixels.subarray(start, start + SPRITE_BYTES);
      render({ sprite, mirrored: concepts[concept]!.mirrored }, strength, random, data, i * PICTURE_LENGTH);
    });
    return { concepts: drawn.concepts, pixels: { data, dims: [size, 3, PICTURE_SIZE, PICTURE_SIZE] } };
  };
}
