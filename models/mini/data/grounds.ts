import type { Random } from '../../../src/base/random.ts';
import { PICTURE_PIXELS, PICTURE_SIZE } from './picture.ts';

/** Fills an interleaved RGB picture in [0, 1] with a ground. */
type Ground = (rgb: Float32Array, random: Random) => void;

export const whiteGround: Ground = (rgb) => {
  rgb.fill(1);
};

export const flatGround: Ground = (rgb, random) => {
  fillFlat(rgb, random.uniform(), random.uniform(), random.uniform());
};

const nearBlackGround: Ground = (rgb, random) => {
  fillFlat(rgb, 0.12 * random.uniform(), 0.12 * random.uniform(), 0.12 * random.uniform());
};

/** From one colour to another in a random direction. */
const gradientGround: Ground = (rgb, random) => {
  const angle = 2 * Math.PI * random.uniform();
  const across = Math.cos(angle) / PICTURE_SIZE;
  const down = Math.sin(angle) / PICTURE_SIZE;
  const start = 0.5 - (across + down) * (PICTURE_SIZE / 2);
  mixTwoColours(rgb, random, (x, y) => Math.min(1, Math.max(0, start + across * x + down * y)));
};

/** Bands at a random angle. */
const stripesGround: Ground = (rgb, random) => {
  const angle = Math.PI * random.uniform();
  const period = 6 + 18 * random.uniform();
  const across = Math.cos(angle) / period;
  const down = Math.sin(angle) / period;
  mixTwoColours(rgb, random, (x, y) => {
    const phase = across * x + down * y;
    return phase - Math.floor(phase) < 0.5 ? 0 : 1;
  });
};

const checksGround: Ground = (rgb, random) => {
  const side = 3 + random.below(10);
  mixTwoColours(rgb, random, (x, y) => (Math.floor(x / side) + Math.floor(y / side)) % 2);
};

/** A flat colour whose every pixel is off by up to a random amount. */
const pixelNoiseGround: Ground = (rgb, random) => {
  flatGround(rgb, random);
  const reach = random.uniform();
  for (let i = 0; i < rgb.length; i++) {
    rgb[i] = Math.min(1, Math.max(0, rgb[i]! + reach * (random.uniform() - 0.5)));
  }
};

/** Soft clouds of colour: a coarse grid of random colours, interpolated. */
const blurredNoiseGround: Ground = (rgb, random) => {
  const cells = 2 + random.below(7);
  const grid = Float32Array.from({ length: (cells + 1) ** 2 * 3 }, () => random.uniform());
  const step = cells / PICTURE_SIZE;
  for (let y = 0; y < PICTURE_SIZE; y++) {
    const row = Math.floor(y * step);
    const down = y * step - row;
    for (let x = 0; x < PICTURE_SIZE; x++) {
      const column = Math.floor(x * step);
      const across = x * step - column;
      const above = (row * (cells + 1) + column) * 3;
      const below = above + (cells + 1) * 3;
      const pixel = (y * PICTURE_SIZE + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const top = grid[above + channel]! * (1 - across) + grid[above + 3 + channel]! * across;
        const bottom = grid[below + channel]! * (1 - across) + grid[below + 3 + channel]! * across;
        rgb[pixel + channel] = top * (1 - down) + bottom * down;
      }
    }
  }
};

const VARIED_GROUNDS = [
  flatGround,
  gradientGround,
  blurredNoiseGround,
  stripesGround,
  checksGround,
  pixelNoiseGround,
  nearBlackGround,
];

/** White in four cases of ten, else one of many. */
export const variedGround: Ground = (rgb, random) => {
  const ground = random.uniform() < 0.4 ? whiteGround : VARIED_GROUNDS[random.below(VARIED_GROUNDS.length)]!;
  ground(rgb, random);
};

function fillFlat(rgb: Float32Array, red: number, green: number, blue: number): void {
  for (let i = 0; i < 3 * PICTURE_PIXELS; i += 3) {
    rgb[i] = red;
    rgb[i + 1] = green;
    rgb[i + 2] = blue;
  }
}

/** Mixes two random colours by the share of the second at each pixel. */
function mixTwoColours(rgb: Float32Array, random: Random, share: (x: number, y: number) => number): void {
  const first = [random.uniform(), random.uniform(), random.uniform()] as const;
  const change = first.map((value) => random.uniform() - value) as [number, number, number];
  for (let y = 0, i = 0; y < PICTURE_SIZE; y++) {
    for (let x = 0; x < PICTURE_SIZE; x++, i += 3) {
      const mix = share(x, y);
      rgb[i] = first[0] + change[0] * mix;
      rgb[i + 1] = first[1] + change[1] * mix;
      rgb[i + 2] = first[2] + change[2] * mix;
    }
  }
}
