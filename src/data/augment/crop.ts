import type { Random } from '../../base/index.ts';

/** A rectangle in a picture, in pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface CropOptions {
  /** Least and largest share of the picture's area. */
  readonly scale: readonly [number, number];
  /** Least and largest width over height. */
  readonly ratio: readonly [number, number];
}

const ATTEMPTS = 10;

/**
 * A random part of a picture (Szegedy et al. 2015, arXiv 1409.4842, section 6): its area drawn evenly, the logarithm of
 * its ratio drawn evenly. Where ten draws do not fit, the largest middle part whose ratio is allowed.
 */
export function randomRectangle(
  width: number,
  height: number,
  { scale, ratio }: CropOptions,
  random: Random,
): Rectangle {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * between(scale, random);
    const shape = Math.exp(between([Math.log(ratio[0]), Math.log(ratio[1])], random));
    const [across, down] = [Math.round(Math.sqrt(area * shape)), Math.round(Math.sqrt(area / shape))];
    if (across < 1 || down < 1 || across > width || down > height) continue;
    const top = random.below(height - down + 1);
    return { left: random.below(width - across + 1), top, width: across, height: down };
  }
  return middleRectangle(width, height, ratio);
}

function middleRectangle(width: number, height: number, [least, most]: CropOptions['ratio']): Rectangle {
  const ratio = width / height;
  const across = ratio > most ? Math.round(height * most) : width;
  const down = ratio < least ? Math.round(width / least) : height;
  return {
    left: Math.floor((width - across) / 2),
    top: Math.floor((height - down) / 2),
    width: across,
    height: down,
  };
}

function between([low, high]: readonly [number, number], random: Random): number {
  return low + (high - low) * random.uniform();
}
