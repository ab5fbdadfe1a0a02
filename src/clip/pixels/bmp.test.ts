import { describe, expect, test } from 'vitest';
import { decodeBmp } from './bmp.ts';
import { readBmpHeader } from './bmp-header.ts';

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];

interface Bitmap {
  width: number;
  height: number;
  bits: number;
  compression?: number;
  /** What follows the 40-byte header: masks, then palette entries of four bytes. */
  extra?: number[];
  colours?: number;
  pixels: number[];
}

function bitmap({
  width,
  height,
  bits,
  compression = 0,
  extra = [],
  colours = 0,
  pixels,
}: Bitmap): Uint8Array {
  const offset = 54 + extra.length;
  return Uint8Array.from([
    ...[0x42, 0x4d, ...u32(offset + pixels.length), 0, 0, 0, 0, ...u32(offset)],
    ...[...u32(40), ...u32(width), ...u32(height), ...u16(1), ...u16(bits), ...u32(compression)],
    ...[...u32(pixels.length), ...u32(0), ...u32(0), ...u32(colours), ...u32(0), ...extra],
    ...pixels,
  ]);
}

const decode = (bytes: Uint8Array) => decodeBmp(bytes, readBmpHeader(bytes));

/** Colour i is (10 i, 20 i, 30 i): stored blue, green, red, 0. */
const palette = (colours: number) =>
  Array.from({ length: colours }, (_, i) => [30 * i, 20 * i, 10 * i, 0]).flat();
const painted = (...indices: number[]) => Uint8Array.from(indices.flatMap((i) => [10 * i, 20 * i, 30 * i]));

describe('bitmaps', () => {
  test('1 bit a pixel, from the bottom', () => {
    const bytes = bitmap({
      width: 3,
      height: 2,
      bits: 1,
      extra: palette(2),
      pixels: [0b10100000, 0, 0, 0, 0b01000000, 0, 0, 0],
    });
    expect(decode(bytes)).toEqual({ data: painted(0, 1, 0, 1, 0, 1), width: 3, height: 2, mode: 'P' });
  });

  test('4 bits a pixel, an odd number of them, fewer colours than could be', () => {
    const bytes = bitmap({
      width: 3,
      height: 2,
      bits: 4,
      colours: 4,
      extra: palette(4),
      pixels: [0x12, 0x30, 0, 0, 0x32, 0x10, 0, 0],
    });
    expect(decode(bytes).data).toEqual(painted(3, 2, 1, 1, 2, 3));
  });

  test('8 bits a pixel, from the top', () => {
    const bytes = bitmap({
      width: 1,
      height: -2,
      bits: 8,
      colours: 3,
      extra: palette(3),
      pixels: [1, 0, 0, 0, 2, 0, 0, 0],
    });
    expect(decode(bytes)).toEqual({ data: painted(1, 2), width: 1, height: 2, mode: 'P' });
  });

  test('256 greys in order are plain grey, which is resized smoothly', () => {
    const greys = Array.from({ length: 256 }, (_, i) => [i, i, i, 0]).flat();
    const bytes = bitmap({ width: 2, height: 1, bits: 8, extra: greys, pixels: [7, 200, 0, 0] });
    expect(decode(bytes)).toEqual({ data: Uint8Array.of(7, 200), width: 2, height: 1, mode: 'L' });
  });

  test('16 bits a pixel: 5 a colour, or as the masks say', () => {
    const pixels = [...u16(0x7c00), ...u16(0x001f)];
    expect(decode(bitmap({ width: 2, height: 1, bits: 16, pixels })).data).toEqual(
      Uint8Array.of(255, 0, 0, 0, 0, 255),
    );
    const masks = [0xf800, 0x07e0, 0x001f].flatMap(u32);
    const masked = bitmap({
      width: 2,
      height: 1,
      bits: 16,
      compression: 3,
      extra: masks,
      pixels: [...u16(0x07e0), ...u16(0x8010)],
    });
    expect(decode(masked).data).toEqual(Uint8Array.of(0, 255, 0, 131, 0, 131));
  });

  test('32 bits a pixel with an alpha mask', () => {
    const masks = [0xff, 0xff00, 0xff0000, 0xff000000].flatMap(u32);
    const bytes = bitmap({
      width: 1,
      height: 1,
      bits: 32,
      compression: 6,
      extra: masks,
      pixels: [1, 2, 3, 128],
    });
    expect(decode(bytes)).toEqual({ data: Uint8Array.of(1, 2, 3, 128), width: 1, height: 1, mode: 'RGBA' });
  });

  test('8-bit runs: repeated, as they are, a new row, a move, the end', () => {
    const pixels = [3, 1, 0, 0, 0, 3, 2, 1, 2, 0, 0, 0, 0, 2, 1, 0, 1, 3, 0, 1];
    const bytes = bitmap({
      width: 3,
      height: 3,
      bits: 8,
      compression: 1,
      colours: 4,
      extra: palette(4),
      pixels,
    });
    expect(decode(bytes).data).toEqual(painted(0, 3, 0, 2, 1, 2, 1, 1, 1));
  });

  test('4-bit runs: two colours by turns, three as they are', () => {
    const pixels = [3, 0x12, 0, 0, 0, 3, 0x32, 0x10, 0, 1];
    const bytes = bitmap({
      width: 3,
      height: 2,
      bits: 4,
      compression: 2,
      colours: 4,
      extra: palette(4),
      pixels,
    });
    expect(decode(bytes).data).toEqual(painted(3, 2, 1, 1, 2, 1));
  });

  test('the 12-byte header of OS/2', () => {
    const bytes = Uint8Array.from([
      ...[0x42, 0x4d, ...u32(36), 0, 0, 0, 0, ...u32(32)],
      ...[...u32(12), ...u16(2), ...u16(1), ...u16(1), ...u16(1), 3, 2, 1, 6, 5, 4],
      ...[0b01000000, 0, 0, 0],
    ]);
    expect(decode(bytes).data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });

  test.each([
    ['pixels', { width: 2, height: 2, bits: 24, pixels: [1, 2, 3] }],
    ['runs', { width: 2, height: 2, bits: 8, compression: 1, colours: 1, extra: palette(1), pixels: [2, 0] }],
    [
      'literal run',
      { width: 4, height: 1, bits: 8, compression: 1, colours: 1, extra: palette(1), pixels: [0, 4, 1] },
    ],
    ['palette', { width: 1, height: 1, bits: 8, colours: 200, pixels: [0, 0, 0, 0] }],
    ['depth', { width: 1, height: 1, bits: 7, pixels: [0, 0, 0, 0] }],
    ['compression', { width: 1, height: 1, bits: 24, compression: 1, pixels: [0, 0, 0, 0] }],
    ['JPEG inside', { width: 1, height: 1, bits: 24, compression: 4, pixels: [0, 0, 0, 0] }],
    ['no width', { width: 0, height: 1, bits: 24, pixels: [0, 0, 0, 0] }],
  ])('refuses wrong %s', (_, wrong) => {
    expect(() => decode(bitmap(wrong))).toThrow(/BMP/);
  });

  test('refuses a header cut short anywhere', () => {
    const whole = bitmap({ width: 1, height: 1, bits: 24, pixels: [0, 0, 0, 0] });
    for (let length = 2; length < whole.length; length++) {
      expect(() => decode(whole.slice(0, length))).toThrow(/BMP/);
    }
  });
});
