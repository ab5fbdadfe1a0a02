import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { frameOf } from './fit.ts';
import { crop, decodeImage, type Pixels, resize, resizedRgb } from './index.ts';

const table: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(fixture('english/pixels.json'), 'utf8'),
);
const pathOf = (file: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/pixels/sources/${file}`, import.meta.url));
const sha256 = (data: Uint8Array | Uint8ClampedArray) => createHash('sha256').update(data).digest('hex');

/** Hugging Face takes the height of a picture 1 or 3 pixels high for its channels, which no one should follow. */
const misreadByHf = ['size-1x1.png', 'size-200x3.png', 'size-3x3.png', 'size-500x1.png'];

test.each(Object.entries(table))('%s is cropped as by OpenAI and by Hugging Face', async (file, row) => {
  const image = await decodeImage(pathOf(file));
  for (const side of [224, 48]) {
    const own = resizedRgb(image, side, { fit: 'crop' });
    expect(sha256(own.data), `${side}`).toBe(row[side]);
    if (misreadByHf.includes(file)) continue;
    const hf = resizedRgb(image, side, { fit: 'crop', order: 'rgb-first' });
    expect(sha256(hf.data), `${side}, Hugging Face`).toBe(row[`hf${side}`] ?? row[side]);
  }
});

describe('the middle', () => {
  test.each([
    [301, 224, 38, 38],
    [227, 224, 2, 1],
    [225, 224, 0, 0],
    [224, 224, 0, 0],
  ])('of %i pixels at a square of %i begins at %i, Hugging Face %i', (width, side, openai, hf) => {
    const left = (order: 'resize-first' | 'rgb-first') =>
      frameOf(width, side, side, { fit: 'crop', order }).part.left;
    expect([left('resize-first'), left('rgb-first')]).toEqual([openai, hf]);
  });
});

describe('a part', () => {
  const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919 + (i >> 3) * 31) % 251);
  const pictures: Pixels[] = [
    { mode: 'RGB', width: 37, height: 23, data: noise(37 * 23 * 3) },
    { mode: 'RGBA', width: 37, height: 23, data: noise(37 * 23 * 4) },
    { mode: 'P', width: 37, height: 23, data: noise(37 * 23 * 3) },
    { mode: 'I;16', width: 37, height: 23, data: Uint16Array.from(noise(37 * 23), (x) => x * 200) },
  ];
  test.each(pictures)('of a resized $mode picture is what cropping afterwards leaves', (image) => {
    for (const [width, height] of [
      [60, 40],
      [20, 11],
      [37, 40],
      [60, 23],
      [37, 23],
    ] as const) {
      const part = { left: 5, top: 2, width: 9, height: 8 };
      const whole = crop(resize(image, width, height), 5, 2, 9, 8);
      expect(resize(image, width, height, 'bicubic', part)).toEqual(whole);
    }
  });

  test('of a picture that would be huge takes no more memory than the part', () => {
    const line: Pixels = {
      mode: 'RGB',
      width: 1,
      height: 1_000_000,
      data: new Uint8Array(3_000_000).fill(9),
    };
    const before = process.memoryUsage().arrayBuffers;
    const { data } = resizedRgb(line, 336, { fit: 'crop' }); // 336 × 336,000,000 pixels, were it made whole
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
    expect(data.length).toBe(336 * 336 * 3);
    expect(data.every((value) => value === 9)).toBe(true);
  });
});
