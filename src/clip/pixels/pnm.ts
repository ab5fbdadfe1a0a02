import type { Pixels } from './types.ts';

/** The beginning of a portable greymap or pixmap in binary form, which GTSRB and other sets of tests use. */
export interface PnmHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** What white is, up to 255. */
  readonly largest: number;
  /** Where the pixels begin. */
  readonly offset: number;
}

/** White space, and comments to the end of their line. */
const GAP = String.raw`(?:\s|#[^\n\r]*[\n\r])+`;
const HEADER = new RegExp(`^P([56])${GAP}(\\d{1,9})${GAP}(\\d{1,9})${GAP}(\\d{1,5})\\s`);

/** Reads the header. Throws an Error with the reason where it is none, or has more than 8 bits a number. */
export function readPnmHeader(bytes: Uint8Array): PnmHeader {
  const found = HEADER.exec(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'));
  if (!found) throw new Error('its PNM header is damaged');
  const [width, height, largest] = found.slice(2).map(Number) as [number, number, number];
  if (width === 0 || height === 0 || largest === 0) throw new Error('its PNM header is damaged');
  if (largest > 255) throw new Error('PNM with more than 8 bits is not supported');
  return { width, height, channels: found[1] === '5' ? 1 : 3, largest, offset: found[0].length };
}

/** The pixels, stretched to 0–255 as Pillow does. The caller has bounded width × height. */
export function decodePnm(bytes: Uint8Array, header: PnmHeader): Pixels {
  const { width, height, channels, largest, offset } = header;
  const end = offset + width * height * channels;
  if (bytes.length < end) throw new Error('the PNM pixels are cut off');
  const data = Uint8Array.from(bytes.subarray(offset, end), (value) =>
    largest === 255 ? value : Math.min(255, Math.round((value / largest) * 255)),
  );
  return { data, width, height, mode: channels === 1 ? 'L' : 'RGB' };
}
