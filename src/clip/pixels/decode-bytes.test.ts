import { describe, expect, test } from 'vitest';
import { decodeImage } from './index.ts';

describe('GIF', () => {
  /** A canvas of 2 × 1 with a palette of two colours; the first frame paints colour 1 at the left. */
  const gif = (palette: number[], extension: number[] = []) =>
    Uint8Array.from([
      ...Buffer.from('GIF89a'),
      ...[2, 0, 1, 0, 0x80, 0, 0, ...palette, ...extension],
      ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0, 0x3b],
    ]);

  test('what the frame leaves out is colour 0, or the transparent one', async () => {
    const palette = [10, 20, 30, 40, 50, 60];
    const plain = await decodeImage(gif(palette));
    expect(plain).toEqual({ data: Uint8Array.of(40, 50, 60, 10, 20, 30), width: 2, height: 1, mode: 'P' });
    const transparent = await decodeImage(gif(palette, [0x21, 0xf9, 4, 1, 0, 0, 1, 0]));
    expect(transparent.data).toEqual(Uint8Array.of(40, 50, 60, 40, 50, 60));
  });

  test('a palette of greys in order is plain grey, which is resized smoothly', async () => {
    const image = await decodeImage(gif([0, 0, 0, 1, 1, 1]));
    expect(image).toEqual({ data: Uint8Array.of(1, 1, 1, 0, 0, 0), width: 2, height: 1, mode: 'RGB' });
  });
});

describe('TIFF', () => {
  /** 2 × 2 pixels of the palette's colours 0 to 3; colour i is (i, 255 - i, 7). */
  function paletteTiff(): Buffer {
    const short = 3;
    const long = 4;
    const tags = [
      ...[
        [256, short, 1, 2],
        [257, short, 1, 2],
        [258, short, 1, 8],
        [259, short, 1, 1],
        [262, short, 1, 3],
      ],
      ...[
        [273, long, 1, 8],
        [277, short, 1, 1],
        [278, short, 1, 2],
        [279, long, 1, 4],
        [320, short, 768, 138],
      ],
    ] as [number, number, number, number][];
    const file = Buffer.alloc(138 + 768 * 2);
    file.write('II*\0', 'latin1');
    file.writeUInt32LE(12, 4);
    file.set([0, 1, 2, 3], 8);
    file.writeUInt16LE(tags.length, 12);
    tags.forEach(([tag, type, count, value], i) => {
      file.writeUInt16LE(tag, 14 + i * 12);
      file.writeUInt16LE(type, 16 + i * 12);
      file.writeUInt32LE(count, 18 + i * 12);
      file.writeUInt32LE(value, 22 + i * 12);
    });
    for (let i = 0; i < 256; i++) {
      [i, 255 - i, 7].forEach((value, plane) => {
        file.writeUInt16LE(value * 257, 138 + (plane * 256 + i) * 2);
      });
    }
    return file;
  }

  test('palette colours are known as such, so that resizing does not mix them', async () => {
    const data = Uint8Array.of(0, 255, 7, 1, 254, 7, 2, 253, 7, 3, 252, 7);
    expect(await decodeImage(paletteTiff())).toEqual({ data, width: 2, height: 2, mode: 'P' });
  });

  test('a directory outside the file is refused', async () => {
    const file = paletteTiff();
    file.writeUInt32LE(0xfffffff0, 4);
    await expect(decodeImage(file)).rejects.toThrow(
      expect.objectContaining({ code: 'TUWEN_IMAGE_UNREADABLE' }),
    );
  });
});
