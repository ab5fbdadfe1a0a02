import { TuwenError } from '../../base/index.ts';
import { CLIP_MEAN, CLIP_STD } from '../config.ts';
import { toRgb } from './convert.ts';
import { type Fitting, frameOf } from './fit.ts';
import { pixelsOf } from './raw.ts';
import { resize } from './resample.ts';
import type { Pixels, RawImage, RgbImage } from './types.ts';

export interface PreprocessOptions {
  /** Side of the square the model takes, in pixels. */
  size: number;
  /** Mean of each of R, G, B on the scale 0 to 1. */
  mean?: readonly number[];
  /** Standard deviation of each of R, G, B on that scale. */
  std?: readonly number[];
  /**
   * `resize-first` (default): as cn_clip does. `rgb-first`: convert to RGB first, as Hugging Face does. They differ
   * for pictures with a palette, with transparency, in CMYK, or of more than 8 bits; `rgb-first` on an upright picture
   * is also ModelScope's way.
   */
  order?: 'resize-first' | 'rgb-first';
  /** `squash` (default): the whole picture, as Chinese-CLIP. `crop`: its middle, as English CLIP. */
  fit?: 'squash' | 'crop';
}

/**
 * A picture as the image tower takes it: size × size by Pillow's bicubic rule, scaled to 0…1, less the mean, over the deviation; channel after channel (3 × size × size), rows from the top.
 *
 * Writes into `target` from `offset` on, so that a batch fills one array; without a target into a new array. Returns
 * the target.
 *
 * @throws TUWEN_BAD_ARGUMENT where the size is no positive whole number, or the target is too short.
 */
export function preprocess(
  image: Pixels | RawImage,
  { size, mean = CLIP_MEAN, std = CLIP_STD, order = 'resize-first', fit = 'squash' }: PreprocessOptions,
  target?: Float32Array,
  offset = 0,
): Float32Array {
  if (!Number.isInteger(size) || size < 1) throw badArgument('size', size, 'a positive whole number');
  const out = target ?? new Float32Array(offset + 3 * size * size);
  if (out.length < offset + 3 * size * size) {
    throw badArgument('target', out, `a Float32Array of at least ${offset + 3 * size * size} numbers`);
  }
  const { data } = resizedRgb(image, size, { order, fit });
  const plane = size * size;
  for (let channel = 0; channel < 3; channel++) {
    const values = normalised(mean[channel]!, std[channel]!);
    const start = offset + channel * plane;
    for (let i = 0, from = channel; i < plane; i++, from += 3) out[start + i] = values[data[from]!]!;
  }
  return out;
}

/** The RGB bytes that `preprocess` normalises: size × size × 3. */
export function resizedRgb(
  image: Pixels | RawImage,
  size: number,
  { order = 'resize-first', fit = 'squash' }: Partial<Fitting> = {},
): RgbImage {
  const pixels = 'mode' in image ? image : pixelsOf(image);
  const { width, height, part } = frameOf(pixels.width, pixels.height, size, { fit, order });
  const source = order === 'resize-first' ? pixels : pixelsOf(toRgb(pixels));
  return toRgb(resize(source, width, height, 'bicubic', part));
}

/** The value of each of the 256 bytes, every step rounded to float32 as torchvision's `ToTensor` and `Normalize` do. */
export function normalised(mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const centred = Math.fround(Math.fround(byte / 255) - Math.fround(mean));
    return centred / Math.fround(std);
  });
}

function badArgument(name: string, got: unknown, expected: string) {
  return new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected });
}
