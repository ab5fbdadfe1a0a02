import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeImage, loadImage, type Pixels, preprocess, resize, resizedRgb, toRgb } from './index.ts';
import { oriented } from './orient.ts';

/** Hashes by side: of the RGB bytes after resizing to 224, 336, 96 and 48. */
type BySide = Record<string, string>;

interface Row {
  file: string;
  raises?: string;
  decoded: { width: number; height: number; rgb: string; raw: string; mode: string };
  cn: BySide;
  cnTensor224: string;
  /** Only the sides where the order of Hugging Face gives other bytes; likewise `modelscope`. */
  hf?: BySide;
  modelscope?: BySide;
  modelscopeDecoded?: { width: number; height: number; rgb: string };
}

const folder = new URL('../../../test/fixtures/pixels/', import.meta.url);
const rows: Row[] = JSON.parse(readFileSync(new URL('table.json', folder), 'utf8'));
const good = rows.filter((row) => row.raises === undefined);
const pathOf = (file: string) => fileURLToPath(new URL(`sources/${file}`, folder));
const sha256 = (data: Pixels['data']) =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');

/** Pillow 12.3, and no version before it, resizes a picture more than 100 times as high as wide down first. */
const downFirst = ['size-4x900.png'];
/** Hugging Face takes the height of a picture 1 or 3 pixels high for its channels, which no one should follow. */
const misreadByHf = ['size-1x1.png', 'size-200x3.png', 'size-3x3.png', 'size-500x1.png'];

test('there are 90 sources, two of them cut off', () => {
  expect(rows.length).toBe(90);
  const bad = rows.filter((row) => row.raises).map((row) => row.file);
  expect(bad).toEqual(['jpeg-truncated.jpg', 'png-truncated.png']);
});

describe.each(good)('$file', ({ file, decoded, modelscopeDecoded = decoded }) => {
  test('decodes to the pixels of Pillow', async () => {
    const image = await decodeImage(pathOf(file));
    const { data, width, height } = toRgb(image);
    expect({ width, height, rgb: sha256(data) }).toEqual({
      width: decoded.width,
      height: decoded.height,
      rgb: decoded.rgb,
    });
    if (image.mode === decoded.mode && image.mode !== 'P') expect(sha256(image.data)).toBe(decoded.raw);
  });

  test('is turned upright as ModelScope does', async () => {
    const { data, width, height } = await loadImage(pathOf(file));
    expect({ width, height, rgb: sha256(data) }).toEqual({
      width: modelscopeDecoded.width,
      height: modelscopeDecoded.height,
      rgb: modelscopeDecoded.rgb,
    });
  });
});

test.each(good.filter((row) => !downFirst.includes(row.file)))(
  '$file resizes as in cn_clip, Hugging Face and ModelScope',
  async ({ file, cn, hf, modelscope, cnTensor224 }) => {
    const image = await decodeImage(pathOf(file));
    const upright = await loadImage(pathOf(file));
    for (const side of [224, 336, 96, 48]) {
      expect(sha256(resizedRgb(image, side).data)).toBe(cn[side]);
      const expected = misreadByHf.includes(file) ? cn[side] : (hf?.[side] ?? cn[side]);
      expect(sha256(resizedRgb(image, side, { order: 'rgb-first' }).data)).toBe(expected);
      expect(sha256(resizedRgb(upright, side).data)).toBe(modelscope?.[side] ?? cn[side]);
    }
    expect(sha256(preprocess(image, { size: 224 }))).toBe(cnTensor224);
  },
);

test.each(downFirst)('%s equals the reference once the passes are swapped', async (file) => {
  const { cn } = rows.find((row) => row.file === file)!;
  const turned = oriented(await decodeImage(pathOf(file)), 5);
  for (const side of [224, 336, 96, 48]) {
    expect(sha256(oriented(resize(turned, side, side), 5).data)).toBe(cn[side]);
  }
});

test('a batch is filled in place, with the numbers of each picture alone', async () => {
  const images = await Promise.all(
    ['jpeg-420.jpg', 'png-rgba8.png'].map((file) => decodeImage(pathOf(file))),
  );
  const each = 3 * 48 * 48;
  const batch = new Float32Array(each * 2 + 1).fill(7);
  images.forEach((image, i) => {
    expect(preprocess(image, { size: 48 }, batch, i * each)).toBe(batch);
  });
  images.forEach((image, i) => {
    expect(batch.subarray(i * each, (i + 1) * each)).toEqual(preprocess(image, { size: 48 }));
  });
  expect(batch.at(-1)).toBe(7);
  const short = expect.objectContaining({ code: 'TUWEN_BAD_ARGUMENT' });
  expect(() => preprocess(images[0]!, { size: 48 }, batch, each + 2)).toThrow(short);
  expect(() => preprocess(images[0]!, { size: 0 })).toThrow(short);
});
