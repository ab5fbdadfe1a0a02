/** Rotation and shear, as Pillow computes them: every pixel looks up where it comes from, bicubic of 4 × 4 pixels. */
import type { Rgb } from './image.ts';

/** x' = a·x + b·y + c and y' = d·x + e·y + f, from a pixel to where it comes from. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What fills the pixels that come from outside. */
export type Fill = readonly [red: number, green: number, blue: number];

/** Shears along x: each row moves by `factor` times its height. */
export function shearX(image: Rgb, factor: number, fill: Fill): Rgb {
  return transform(image, [1, factor, 0, 0, 1, 0], fill);
}

/** Turns a picture about its middle, counter-clockwise by degrees, at the same size. */
export function rotate(image: Rgb, degrees: number, fill: Fill): Rgb {
  const angle = degrees - 360 * Math.floor(degrees / 360);
  if (angle === 0) return image;
  const radians = -(angle * Math.PI) / 180;
  const [cos, sin] = [toFifteenPlaces(Math.cos(radians)), toFifteenPlaces(Math.sin(radians))];
  const [x, y] = [image.width / 2, image.height / 2];
  const matrix: Affine = [cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y];
  return transform(image, matrix, fill);
}

function toFifteenPlaces(value: number): number {
  return Number(value.toFixed(15));
}

function transform(image: Rgb, [a, b, c, d, e, f]: Affine, fill: Fill): Rgb {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromX = a * (x + 0.5) + b * (y + 0.5) + c;
      const fromY = d * (x + 0.5) + e * (y + 0.5) + f;
      const at = (y * width + x) * 3;
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) data.set(fill, at);
      else bicubic(image, fromX - 0.5, fromY - 0.5, data, at);
    }
  }
  return { ...image, data };
}

/** The colour between pixels, rows and columns beyond the edge being those at the edge. */
function bicubic({ data, width, height }: Rgb, x: number, y: number, out: Uint8Array, at: number): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, down] = [x - left, y - top];
  const columns = [-1, 0, 1, 2].map((step) => clamp(left + step, width) * 3);
  const rows = [-1, 0, 1, 2].map((step) => clamp(top + step, height) * width * 3);
  for (let channel = 0; channel < 3; channel++) {
    const lines = rows.map((row) => {
      const [p, q, r, s] = columns.map((column) => data[row + column + channel]!);
      return cubic(p!, q!, r!, s!, across);
    });
    const value = cubic(lines[0]!, lines[1]!, lines[2]!, lines[3]!, down);
    out[at + channel] = value <= 0 ? 0 : value >= 255 ? 255 : value;
  }
}

/** The cubic through four values, with a = −1, at a place between the second and the third. */
function cubic(p: number, q: number, r: number, s: number, place: number): number {
  return q + place * (-p + r + place * (2 * (p - q) + r - s + place * (-p + q - r + s)));
}

function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1);
}
