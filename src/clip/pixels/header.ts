/** Formats told apart by their first bytes. `heic` is read where `libheif-js` is installed. */
export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif' | 'heic' | 'bmp' | 'pnm';

/** The format of an encoded picture; undefined where the bytes are none we know. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 3) === '\xff\xd8\xff') return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(0, 4))) return 'tiff';
  if (text(0, 2) === 'BM') return 'bmp';
  if (/^P[56][\s#]/.test(text(0, 3))) return 'pnm';
  if (text(4, 8) === 'ftyp') {
    const brands = text(8, Math.min(64, view(bytes).getUint32(0)));
    if (/avi[fs]/.test(brands)) return 'avif';
    if (/hei[cx]|hev[cx]|mif1/.test(brands)) return 'heic';
  }
  return undefined;
}

/** The header of a PNG. Colour type: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
export function readPngHeader(bytes: Uint8Array): { bitDepth: number; colourType: number } {
  return { bitDepth: bytes[24] ?? 8, colourType: bytes[25] ?? 2 };
}

/** Whether the first picture of a TIFF has a palette: tag 262, how its numbers are meant, is 3. BigTIFF is not read. */
export function isPaletteTiff(bytes: Uint8Array): boolean {
  const data = view(bytes);
  const little = bytes[0] === 0x49;
  const directory = data.getUint32(4, little);
  if (directory + 2 > bytes.length) return false;
  const end = Math.min(bytes.length, directory + 2 + 12 * data.getUint16(directory, little));
  for (let at = directory + 2; at + 12 <= end; at += 12) {
    if (data.getUint16(at, little) === 262) return data.getUint16(at + 8, little) === 3;
  }
  return false;
}

/** What the first frame of a GIF is painted with. */
export interface GifPaint {
  /** The colour of its transparent pixels, and of those outside the frame: without transparency, colour 0. */
  blank: [red: number, green: number, blue: number];
  /** The rectangle the frame covers. */
  frame: { left: number; top: number; width: number; height: number };
  /** Whether colour i of the palette is grey i, so that the picture is plain grey. */
  isGreyRamp: boolean;
}

/**
 * Reads the palette of a GIF's first frame; undefined where the file ends before it. Blocks as in the GIF89a
 * specification: a screen descriptor of 13 bytes, then extensions (0x21) and image descriptors (0x2c).
 */
export function readGifPaint(bytes: Uint8Array): GifPaint | undefined {
  const tableLength = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + tableLength(bytes[10] ?? 0);
  let palette = bytes.subarray(13, at);
  let transparent = 0;
  while (bytes[at] === 0x21) {
    if (bytes[at + 1] === 0xf9 && (bytes[at + 3] ?? 0) & 1) transparent = bytes[at + 6] ?? 0;
    at += 2;
    while (bytes[at]) at += 1 + bytes[at]!;
    at += 1;
  }
  if (bytes[at] !== 0x2c || bytes.length < at + 10) return undefined;
  const u16 = (from: number) => view(bytes).getUint16(at + from, true);
  const localLength = tableLength(bytes[at + 9] ?? 0);
  if (localLength > 0) palette = bytes.subarray(at + 10, at + 10 + localLength);
  const [red = 0, green = 0, blue = 0] = palette.subarray(transparent * 3, transparent * 3 + 3);
  return {
    blank: [red, green, blue],
    frame: { left: u16(1), top: u16(3), width: u16(5), height: u16(7) },
    isGreyRamp: palette.every((value, i) => value === Math.trunc(i / 3)),
  };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
