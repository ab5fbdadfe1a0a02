import { CLIP_MEAN, CLIP_STD } from '../../../src/clip/index.ts';

/** Width and height of a picture the model sees, in pixels. */
export const PICTURE_SIZE = 64;

/** Pixels of a picture. */
export const PICTURE_PIXELS = PICTURE_SIZE * PICTURE_SIZE;

/** Numbers of a picture: three channels. */
export const PICTURE_LENGTH = 3 * PICTURE_PIXELS;

/** Writes interleaved RGB, limited to [0, 1], as normalised planes (CHW) into `target` at `offset`. */
export function normalise(rgb: Float32Array, target: Float32Array, offset: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const mean = CLIP_MEAN[channel]!;
    const scale = 1 / CLIP_STD[channel]!;
    const plane = offset + channel * PICTURE_PIXELS;
    for (let i = 0; i < PICTURE_PIXELS; i++) {
      const value = rgb[3 * i + channel]!;
      target[plane + i] = (Math.min(1, Math.max(0, value)) - mean) * scale;
    }
  }
}
