/** What the headers of a Windows or OS/2 bitmap say. */
export interface BmpHeader {
  width: number;
  height: number;
  /** Rows are stored from the top; usually from the bottom. */
  topDown: boolean;
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  compression: BmpCompression;
  /** Which bits of a pixel of 16 or 32 bits are red, green, blue and alpha (0 for none). */
  masks: readonly [number, number, number, number];
  /** Red, green and blue of each palette colour. */
  palette: Uint8Array;
  /** Where the pixels begin. */
  offset: number;
}

export type BmpCompression = 'none' | 'rle8' | 'rle4' | 'masks';

const COMPRESSIONS: Readonly<Record<number, BmpCompression>> = {
  0: 'none',
  1: 'rle8',
  2: 'rle4',
  3: 'masks',
  6: 'masks',
};
const CORE_HEADER = 12;
const INFO_HEADER = 40;
const V3_HEADER = 56;

/** Reads the headers and the palette. @throws Error with the reason where they are not those of a bitmap we read. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  if (bytes.length < 26) throw new Error('the BMP header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = view.getUint32(10, true);
  const size = view.getUint32(14, true);
  const isCore = size === CORE_HEADER;
  if ((!isCore && size < INFO_HEADER) || bytes.length < 14 + size)
    throw new Error('the BMP header is cut off');
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isCore ? 24 : 28, true);
  const code = isCore ? 0 : view.getUint32(30, true);
  const compression = COMPRESSIONS[code];
  if (width < 1 || signedHeight === 0) throw new Error(`a BMP of ${width} × ${signedHeight} pixels`);
  if (!isDepth(bits)) throw new Error(`a BMP of ${bits} bits a pixel`);
  if (compression === undefined || !fits(compression, bits))
    throw new Error(`BMP compression ${code} at ${bits} bits`);

  // A 40-byte header has its masks behind it, three or (code 6) four; longer headers contain them.
  const hasMasks = compression === 'masks';
  const masksBehind = hasMasks && size === INFO_HEADER ? (code === 6 ? 16 : 12) : 0;
  const hasAlpha = masksBehind === 16 || size >= V3_HEADER;
  const mask = (i: number) => (i < 3 || hasAlpha ? view.getUint32(54 + 4 * i, true) : 0);
  if (hasMasks && bytes.length < 70) throw new Error('the BMP header is cut off');
  const paletteStart = 14 + size + masksBehind;
  const colours = bits > 8 ? 0 : isCore ? 1 << bits : Math.min(view.getUint32(46, true) || 1 << bits, 256);
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    compression,
    masks: hasMasks ? [mask(0), mask(1), mask(2), mask(3)] : defaultMasks(bits),
    palette: readPalette(bytes, paletteStart, colours, isCore ? 3 : 4),
    offset,
  };
}

function isDepth(bits: number): bits is BmpHeader['bits'] {
  return [1, 4, 8, 16, 24, 32].includes(bits);
}

function fits(compression: BmpCompression, bits: number): boolean {
  if (compression === 'rle8') return bits === 8;
  if (compression === 'rle4') return bits === 4;
  return compression === 'none' || bits === 16 || bits === 32;
}

/** 5 bits a colour in 16; a byte a colour in 32, whose fourth byte means nothing. */
function defaultMasks(bits: number): BmpHeader['masks'] {
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0x00ff00, 0x0000ff, 0];
}

function readPalette(bytes: Uint8Array, start: number, colours: number, step: number): Uint8Array {
  if (bytes.length < start + colours * step) throw new Error('the BMP palette is cut off');
  const palette = new Uint8Array(colours * 3);
  for (let i = 0; i < colours; i++) {
    const from = start + i * step;
    palette.set([bytes[from + 2]!, bytes[from + 1]!, bytes[from]!], i * 3);
  }
  return palette;
}
