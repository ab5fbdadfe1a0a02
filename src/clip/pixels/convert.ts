import { CHANNELS, type Pixels, type RgbImage } from './types.ts';

/**
 * RGB as Pillow's `convert('RGB')` gives: alpha is dropped, not composed on a background; 16-bit grey and floats above
 * 255 are 255; CMYK is turned by its plain formula, without colour profiles.
 */
export function toRgb(image: Pixels): RgbImage {
  const { data, width, height, mode } = image;
  if (mode === 'RGB' || mode === 'P') return { data: data as Uint8Array, width, height, channels: 3 };
  const out = new Uint8Array(width * height * 3);
  const channels = CHANNELS[mode];
  for (let i = 0, from = 0, at = 0; i < width * height; i++, from += channels, at += 3) {
    if (mode === 'RGBA') {
      out[at] = data[from]!;
      out[at + 1] = data[from + 1]!;
      out[at + 2] = data[from + 2]!;
    } else if (mode === 'CMYK') {
      const light = 255 - data[from + 3]!;
      out[at] = light - multiply(data[from]!, light);
      out[at + 1] = light - multiply(data[from + 1]!, light);
      out[at + 2] = light - multiply(data[from + 2]!, light);
    } else {
      const grey = Math.max(0, Math.min(255, data[from]!));
      out[at] = grey;
      out[at + 1] = grey;
      out[at + 2] = grey;
    }
  }
  return { data: out, width, height, channels: 3 };
}

/** Colours times alpha, of `RGBA` or `LA`. */
export function premultiplied(image: Pixels): Pixels {
  return mapColours(image, multiply);
}

/** The reverse of `premultiplied`, as far as bytes allow. */
export function unpremultiplied(image: Pixels): Pixels {
  return mapColours(image, (colour, alpha) =>
    alpha === 0 || alpha === 255 ? colour : Math.min(255, Math.trunc((255 * colour) / alpha)),
  );
}

function mapColours(image: Pixels, map: (colour: number, alpha: number) => number): Pixels {
  const channels = CHANNELS[image.mode];
  const data = Uint8Array.from(image.data);
  for (let i = 0; i < data.length; i += channels) {
    const alpha = data[i + channels - 1]!;
    for (let channel = 0; channel < channels - 1; channel++)
      data[i + channel] = map(data[i + channel]!, alpha);
  }
  return { ...image, data };
}

/** a × b ÷ 255, rounded, in whole numbers. */
function multiply(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
