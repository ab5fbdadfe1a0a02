/**
 * How the numbers of a picture are meant, in Pillow's words: `P` are colours that come from a palette or are only
 * black and white (resized by the nearest pixel, never mixed), stored here as the RGB colours themselves; `I;16` is
 * grey from 0 to 65535, `F` grey as floats; everything else has bytes.
 */
export type PixelMode = 'L' | 'LA' | 'RGB' | 'RGBA' | 'P' | 'CMYK' | 'I;16' | 'F';

/** A decoded picture: rows from the top, pixels from the left, the channels of a pixel together. */
export interface Pixels {
  /** width × height × channels numbers, as many as `CHANNELS[mode]` a pixel. */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array;
  readonly width: number;
  readonly height: number;
  readonly mode: PixelMode;
}

export const CHANNELS: Readonly<Record<PixelMode, number>> = {
  L: 1,
  LA: 2,
  RGB: 3,
  RGBA: 4,
  P: 3,
  CMYK: 4,
  'I;16': 1,
  F: 1,
};

/** Pixels a caller has already: grey, grey with alpha, RGB or RGBA, by the number of channels. */
export interface RawImage {
  /** Bytes: width × height × channels. */
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/** RGB pixels, for use in several calls. */
export interface RgbImage extends RawImage {
  channels: 3;
}
