import { TuwenError } from '../../base/index.ts';
import type { PixelMode, Pixels, RawImage } from './types.ts';

/** By the number of channels, from 1. */
const MODES: readonly PixelMode[] = ['L', 'LA', 'RGB', 'RGBA'];

/**
 * Raw pixels, checked, with the mode that the number of their channels means.
 *
 * @throws TUWEN_IMAGE_INPUT with what does not fit.
 */
export function pixelsOf(raw: RawImage): Pixels {
  const { data, width, height, channels } = raw;
  const wrong = (reason: string) => new TuwenError('TUWEN_IMAGE_INPUT', { source: 'raw pixels', reason });
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) throw wrong('data is not bytes');
  const whole = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (!whole) throw wrong(`width × height is ${width} × ${height}`);
  if (![1, 2, 3, 4].includes(channels)) throw wrong(`channels is ${channels}, should be 1, 2, 3 or 4`);
  if (data.length !== width * height * channels) {
    throw wrong(`${width} × ${height} × ${channels} does not make ${data.length} bytes`);
  }
  return { data, width, height, mode: MODES[channels - 1]! };
}
