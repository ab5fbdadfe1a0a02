import type { BmpHeader } from './bmp-header.ts';
import type { Pixels } from './types.ts';

/**
 * Decodes a bitmap of 1, 4 or 8 bits with a palette (also run-length encoded), of 16 or 32 bits with colour masks, or
 * of 24 bits, as Pillow does. The caller has bounded width × height.
 *
 * @throws Error with the reason where the pixels are cut off.
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader): Pixels {
  const { width, height, bits } = header;
  const body = bytes.subarray(header.offset);
  if (header.compression === 'rle8' || header.compression === 'rle4') {
    return painted(runLengthIndices(body, header), header);
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (body.length < stride * height) throw new Error('the BMP pixels are cut off');
  if (bits <= 8) return painted(packedIndices(body, stride, header), header);
  return bits === 24 ? fromBytes(body, stride, header) : fromMasks(body, stride, header);
}

/** The row of the picture that stored row `y` is. */
function rowOf(y: number, { height, topDown }: BmpHeader): number {
  return topDown ? y : height - 1 - y;
}

function packedIndices(body: Uint8Array, stride: number, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  for (let y = 0; y < height; y++) {
    const row = rowOf(y, header) * width;
    for (let x = 0; x < width; x++) {
      const byte = body[y * stride + Math.trunc(x / perByte)]!;
      indices[row + x] = (byte >> (8 - bits - (x % perByte) * bits)) & ((1 << bits) - 1);
    }
  }
  return indices;
}

/**
 * Runs: a count and what to repeat (RLE4: two colours by turns). A count of 0 is an order: 0 next row, 1 end, 2 move by
 * the next two bytes, else so many colours that follow as they are, filled up to 16 bits. What no run paints is colour 0.
 */
function runLengthIndices(body: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  let x = 0;
  let y = 0;
  const put = (index: number) => {
    if (x < width && y < height) indices[rowOf(y, header) * width + x] = index;
    x++;
  };
  const colour = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  let at = 0;
  while (y < height) {
    if (at + 1 >= body.length) throw new Error('the BMP pixels are cut off');
    const count = body[at++]!;
    const value = body[at++]!;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(colour(value, i));
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      x += body[at++] ?? 0;
      y += body[at++] ?? 0;
    } else {
      const length = Math.ceil((value * bits) / 8);
      if (at + length > body.length) throw new Error('the BMP pixels are cut off');
      for (let i = 0; i < value; i++) put(colour(body[at + Math.trunc((i * bits) / 8)]!, i));
      at += length + (length % 2);
    }
  }
  return indices;
}

/** Palette colours; a palette of 256 greys in order makes a plain grey picture. */
function painted(indices: Uint8Array, { width, height, bits, palette }: BmpHeader): Pixels {
  const isGreyRamp = bits === 8 && palette.every((value, i) => value === Math.trunc(i / 3));
  if (isGreyRamp) return { data: indices, width, height, mode: 'L' };
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < indices.length; i++)
    data.set(palette.subarray(indices[i]! * 3, indices[i]! * 3 + 3), i * 3);
  return { data, width, height, mode: 'P' };
}

function fromBytes(body: Uint8Array, stride: number, header: BmpHeader): Pixels {
  const { width, height } = header;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    let at = rowOf(y, header) * width * 3;
    for (let from = y * stride; from < y * stride + width * 3; from += 3) {
      data[at++] = body[from + 2]!;
      data[at++] = body[from + 1]!;
      data[at++] = body[from]!;
    }
  }
  return { data, width, height, mode: 'RGB' };
}

function fromMasks(body: Uint8Array, stride: number, header: BmpHeader): Pixels {
  const { width, height, bits, masks } = header;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const readers = (masks[3] === 0 ? masks.slice(0, 3) : masks).map(maskReader);
  const data = new Uint8Array(width * height * readers.length);
  for (let y = 0; y < height; y++) {
    let at = rowOf(y, header) * width * readers.length;
    for (let x = 0; x < width; x++) {
      const pixel =
        bits === 16 ? view.getUint16(y * stride + x * 2, true) : view.getUint32(y * stride + x * 4, true);
      for (const read of readers) data[at++] = read(pixel);
    }
  }
  return { data, width, height, mode: readers.length === 3 ? 'RGB' : 'RGBA' };
}

/** Takes a mask's bits out of a pixel and stretches them to 0…255. */
function maskReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const top = mask >>> shift;
  return (pixel) => Math.trunc((((pixel & mask) >>> shift) * 255) / top);
}
