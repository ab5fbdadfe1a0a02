/** Operations that mix a picture with a plainer one, or move it away from that, as Pillow's ImageEnhance does. */
import { brightness, type Rgb } from './image.ts';

/** plain + factor · (picture − plain), in single precision, cut to bytes. */
function blend(plain: Uint8Array, image: Rgb, factor: number): Rgb {
  const data = new Uint8Array(plain.length);
  const alpha = Math.fround(factor);
  for (let i = 0; i < data.length; i++) {
    const from = plain[i]!;
    const value = Math.fround(from + Math.fround(alpha * (image.data[i]! - from)));
    data[i] = value <= 0 ? 0 : value >= 255 ? 255 : value;
  }
  return { ...image, data };
}

/** 0 is grey, 1 the picture itself. */
export function color(image: Rgb, factor: number): Rgb {
  const grey = brightness(image);
  const plain = Uint8Array.from({ length: image.data.length }, (_, i) => grey[Math.trunc(i / 3)]!);
  return blend(plain, image, factor);
}

/** 0 is all of one grey, 1 the picture itself. */
export function contrast(image: Rgb, factor: number): Rgb {
  const grey = brightness(image);
  const mean = Math.trunc(grey.reduce((sum, byte) => sum + byte, 0) / grey.length + 0.5);
  return blend(new Uint8Array(image.data.length).fill(mean), image, factor);
}

/** 0 is smoothed, 1 the picture itself. */
export function sharpness(image: Rgb, factor: number): Rgb {
  return blend(smoothed(image), image, factor);
}

/** The mean of 3 × 3 pixels, in which the middle one counts five times; the border stays as it is. */
function smoothed({ data, width, height }: Rgb): Uint8Array {
  const out = data.slice();
  const row = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      let sum = 4 * data[i]!;
      for (let line = i - row; line <= i + row; line += row)
        sum += data[line - 3]! + data[line]! + data[line + 3]!;
      out[i] = Math.floor(sum / 13 + 0.5);
    }
  }
  return out;
}
