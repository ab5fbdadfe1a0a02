/** Operations that move every byte by a table, as Pillow's ImageOps do. */
import { byTables, histogram, type Rgb } from './image.ts';

const CHANNELS = [0, 1, 2];

function table(of: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Math.min(255, Math.max(0, Math.trunc(of(byte)))));
}

function everyChannel(of: (byte: number) => number) {
  const one = table(of);
  return (image: Rgb) => byTables(image, [one, one, one]);
}

export const invert = everyChannel((byte) => 255 - byte);

/** Bytes of at least `threshold` are inverted. */
export function solarize(image: Rgb, threshold: number): Rgb {
  return everyChannel((byte) => (byte < threshold ? byte : 255 - byte))(image);
}

/** Keeps the highest `bits` of every byte. */
export function posterize(image: Rgb, bits: number): Rgb {
  return bits >= 8 ? image : everyChannel((byte) => byte & ~((1 << (8 - bits)) - 1))(image);
}

/** Stretches every channel so that its darkest byte is 0 and its brightest 255. */
export function autoContrast(image: Rgb): Rgb {
  const tables = CHANNELS.map((channel) => {
    const counts = histogram(image, channel);
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    if (high <= low) return table((byte) => byte);
    const scale = 255 / (high - low);
    const offset = -low * scale;
    return table((byte) => byte * scale + offset);
  });
  return byTables(image, tables);
}

/** Spreads the bytes of every channel so that each occurs about as often. */
export function equalize(image: Rgb): Rgb {
  const tables = CHANNELS.map((channel) => {
    const counts = histogram(image, channel);
    const present = counts.filter((count) => count > 0);
    const step = Math.floor((image.width * image.height - present.at(-1)!) / 255);
    if (present.length <= 1 || step === 0) return table((byte) => byte);
    let sum = Math.floor(step / 2);
    return Uint8Array.from(counts, (count) => {
      const value = Math.min(255, Math.floor(sum / step));
      sum += count;
      return value;
    });
  });
  return byTables(image, tables);
}
