import { PICTURE_PIXELS, PICTURE_SIZE } from './picture.ts';

/** How colours are changed. */
export interface ColourChange {
  /** 0 is grey, 1 leaves the colours. */
  saturation: number;
  brightness: number;
  /** Added to red, green and blue. */
  offset: readonly [number, number, number];
}

/** Changes the colours of a premultiplied RGBA layer, in place. */
export function changeColours(layer: Float32Array, change: ColourChange): void {
  const { saturation, brightness, offset } = change;
  const own = saturation * brightness;
  const grey = (1 - saturation) * brightness;
  const [red, green, blue] = offset;
  for (let i = 0; i < layer.length; i += 4) {
    const alpha = layer[i + 3]!;
    if (alpha === 0) continue;
    const luma = grey * lumaAt(layer, i);
    layer[i] = clamp(own * layer[i]! + luma + red * alpha, alpha);
    layer[i + 1] = clamp(own * layer[i + 1]! + luma + green * alpha, alpha);
    layer[i + 2] = clamp(own * layer[i + 2]! + luma + blue * alpha, alpha);
  }
}

/** Rounds each colour of a premultiplied RGBA layer to one of `levels`, in place. */
export function posterise(layer: Float32Array, levels: number): void {
  const steps = levels - 1;
  for (let i = 0; i < layer.length; i += 4) {
    const alpha = layer[i + 3]!;
    if (alpha === 0) continue;
    const up = steps / alpha;
    const down = alpha / steps;
    layer[i] = Math.round(layer[i]! * up) * down;
    layer[i + 1] = Math.round(layer[i + 1]! * up) * down;
    layer[i + 2] = Math.round(layer[i + 2]! * up) * down;
  }
}

/** Draws dark lines where the colours of a premultiplied RGBA layer change inside it, in place. */
export function darkenEdges(layer: Float32Array, scratch: Float32Array): void {
  for (let i = 0; i < PICTURE_PIXELS; i++) scratch[i] = lumaAt(layer, 4 * i);
  for (let y = 1; y < PICTURE_SIZE - 1; y++) {
    for (let x = 1; x < PICTURE_SIZE - 1; x++) {
      const i = y * PICTURE_SIZE + x;
      if (layer[4 * i + 3] === 0) continue;
      const change =
        Math.abs(scratch[i + 1]! - scratch[i - 1]!) +
        Math.abs(scratch[i + PICTURE_SIZE]! - scratch[i - PICTURE_SIZE]!);
      const kept = 1 - Math.min(1, Math.max(0, 3 * (change - 0.15)));
      layer[4 * i]! *= kept;
      layer[4 * i + 1]! *= kept;
      layer[4 * i + 2]! *= kept;
    }
  }
}

/** Puts a black line of `width` pixels around a premultiplied RGBA layer, in place. */
export function strokeOutline(layer: Float32Array, width: number, scratch: Float32Array): void {
  for (let i = 0; i < width; i++) {
    for (let pixel = 0; pixel < PICTURE_PIXELS; pixel++) scratch[pixel] = layer[4 * pixel + 3]!;
    for (let y = 1; y < PICTURE_SIZE - 1; y++) {
      for (let x = 1; x < PICTURE_SIZE - 1; x++) {
        const pixel = y * PICTURE_SIZE + x;
        const beside = Math.max(scratch[pixel - 1]!, scratch[pixel + 1]!);
        const over = Math.max(scratch[pixel - PICTURE_SIZE]!, scratch[pixel + PICTURE_SIZE]!);
        // The layer is premultiplied: more alpha with the same colour adds black.
        layer[4 * pixel + 3] = Math.max(scratch[pixel]!, beside, over);
      }
    }
  }
}

/** Puts a premultiplied RGBA layer over an RGB picture. */
export function composite(layer: Float32Array, rgb: Float32Array): void {
  for (let i = 0, j = 0; i < layer.length; i += 4, j += 3) {
    const seen = 1 - layer[i + 3]!;
    rgb[j] = rgb[j]! * seen + layer[i]!;
    rgb[j + 1] = rgb[j + 1]! * seen + layer[i + 1]!;
    rgb[j + 2] = rgb[j + 2]! * seen + layer[i + 2]!;
  }
}

/** Softens an RGB picture by the binomial filter of width three both ways, in place; the edge rows stay. */
export function blur(rgb: Float32Array, scratch: Float32Array): void {
  scratch.set(rgb);
  smooth(rgb, scratch, 3);
  smooth(scratch, rgb, 3 * PICTURE_SIZE);
  rgb.set(scratch);
}

function smooth(from: Float32Array, to: Float32Array, step: number): void {
  for (let i = step; i < from.length - step; i++) {
    to[i] = 0.25 * (from[i - step]! + from[i + step]!) + 0.5 * from[i]!;
  }
}

/** Adds a run of `noise`, from `start` on, times `deviation`. */
export function addNoise(rgb: Float32Array, noise: Float32Array, start: number, deviation: number): void {
  for (let i = 0; i < rgb.length; i++) rgb[i]! += deviation * noise[start + i]!;
}

/** Luma of ITU-R BT.601. */
function lumaAt(layer: Float32Array, i: number): number {
  return 0.299 * layer[i]! + 0.587 * layer[i + 1]! + 0.114 * layer[i + 2]!;
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
