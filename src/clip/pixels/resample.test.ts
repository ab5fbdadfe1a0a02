import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CLIP_MEAN, CLIP_STD } from '../config.ts';
import { oriented } from './orient.ts';
import { normalised } from './preprocess.ts';
import { crop, resize } from './resample.ts';
import type { Pixels } from './types.ts';

type Size = [width: number, height: number];
/** Offset and length in `resize.bin`. */
type Span = [offset: number, length: number];

interface Resize {
  mode: Pixels['mode'];
  filter: Parameters<typeof resize>[3];
  in: Size;
  out: Size;
  input: Span;
  expected: Span;
}
interface Crop {
  in: Size;
  top: number;
  left: number;
  height: number;
  width: number;
  out: Size;
  input: Span;
  expected: Span;
}
interface Hashed {
  lcgSeed: number;
  in: Size;
  out: Size;
  sha256: string;
}

const folder = new URL('../../../test/fixtures/pixels/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));
const cases: { resize: Resize[]; resizedCrop: Crop[]; hashed: Hashed[] } = JSON.parse(
  String(read('resize.json')),
);
const bytes = gunzipSync(read('resize.bin.gz'));
const span = ([offset, length]: Span) => new Uint8Array(bytes.subarray(offset, offset + length));
const picture = (data: Uint8Array, [width, height]: Size, mode: Pixels['mode'] = 'RGB'): Pixels => ({
  data,
  width,
  height,
  mode,
});

describe('resizing, byte for byte as Pillow', () => {
  test('there are all the cases', () => {
    expect([cases.resize.length, cases.resizedCrop.length, cases.hashed.length]).toEqual([228, 40, 84]);
    const filters = new Set(cases.resize.map((each) => each.filter));
    expect([...filters].sort()).toEqual(['bicubic', 'bilinear', 'box', 'hamming', 'lanczos', 'nearest']);
  });

  test.each(cases.resize)('$mode $filter $in to $out', ({ mode, filter, in: from, out, input, expected }) => {
    const result = resize(picture(span(input), from, mode), ...out, filter);
    expect(result).toEqual(picture(span(expected), out, mode));
  });

  test.each(cases.resizedCrop)('$width × $height at $left, $top of $in to $out', (each) => {
    const part = crop(picture(span(each.input), each.in), each.left, each.top, each.width, each.height);
    expect(resize(part, ...each.out)).toEqual(picture(span(each.expected), each.out));
  });

  test.each(cases.hashed)('generated $in to $out', ({ lcgSeed, in: from, out, sha256 }) => {
    const image = generated(lcgSeed, from);
    // Pillow 12.3, and no version before it, resizes a picture more than 100 times as high as wide down first.
    const swap = from[1] > 100 * from[0] && out[1] < from[1];
    const result = swap ? oriented(resize(oriented(image, 5), out[1], out[0]), 5) : resize(image, ...out);
    expect(
      createHash('sha256')
        .update(result.data as Uint8Array)
        .digest('hex'),
    ).toBe(sha256);
  });
});

test('the same size gives the same picture', () => {
  const image = generated(1, [5, 4]);
  expect(resize(image, 5, 4)).toBe(image);
});

test('the value of each byte is the float32 of torchvision and of Hugging Face', () => {
  const lut = JSON.parse(String(read('lut.json'))) as Record<'cn' | 'hf', string[][]>;
  for (const reference of [lut.cn, lut.hf]) {
    expect(reference.length).toBe(3);
    reference.forEach((hex, channel) => {
      const bits = new Uint32Array(normalised(CLIP_MEAN[channel]!, CLIP_STD[channel]!).buffer);
      expect([...bits]).toEqual(hex.map((each) => Number.parseInt(each, 16)));
    });
  }
});

/** The fixture's generated input: a linear congruential generator, 16 bits down, red, green, blue in row order. */
function generated(seed: number, size: Size): Pixels {
  let state = seed;
  const data = Uint8Array.from({ length: size[0] * size[1] * 3 }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return (state >> 16) & 255;
  });
  return picture(data, size);
}
