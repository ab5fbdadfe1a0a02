/** Pictures of class folders reach the model with the pixels of the official evaluation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLIP_MEAN, CLIP_STD, loadImage } from '../src/clip/index.ts';
import { preprocess } from '../src/clip/pixels/index.ts';
import { fixture, readJsonFixture } from './support/fixtures.ts';

const { samples, images } = readJsonFixture<{
  samples: [string, number][];
  images: { file: string; shape: [number, number, number, number] };
}>('evaluation/zeroshot/zeroshot.json');

test('RGB before resizing, not turned: exactly the numbers of zeroshot_evaluation.py', async () => {
  const bytes = Uint8Array.from(readFileSync(fixture(`evaluation/zeroshot/${images.file}`)));
  const expected = new Float32Array(bytes.buffer);
  const [, channels, size] = images.shape;
  const length = channels * size * size;
  for (const [i, [name]] of samples.entries()) {
    const picture = await loadImage(join(fixture('evaluation/zeroshot/data/test'), name), { orient: false });
    const pixels = new Float32Array(length);
    preprocess(picture, { size, mean: CLIP_MEAN, std: CLIP_STD, order: 'resize-first' }, pixels, 0);
    expect(pixels, name).toEqual(expected.subarray(i * length, (i + 1) * length));
  }
});
