import { PICTURE_SIZE } from './picture.ts';
import { SPRITE_SIZE } from './sprites.ts';

/** How a sprite lies in the picture. */
export interface Placement {
  /** Width and height of the sprite as shares of the picture's. */
  width: number;
  height: number;
  /** Where its centre is, as shares of the picture's width and height. */
  x: number;
  y: number;
  /** Turn, in radians. */
  angle: number;
  /** Whether it is mirrored, left to right. */
  flipped: boolean;
}

/** How much sharper than by the rule of mipmaps, in halvings: nearest to antialiased bicubic resizing (measured). */
const SHARPNESS = 0.5;

/** A level of detail: premultiplied RGBA in [0, 1] with a transparent border one pixel wide. */
interface Level {
  size: number;
  stride: number;
  rgba: Float32Array;
}

/**
 * Draws sprites (premultiplied RGBA bytes) into a layer of picture size, premultiplied RGBA in [0, 1]: a mixture of
 * the sprite and its half by how much smaller it becomes, up to three times.
 */
export function createWarp(): (sprite: Uint8Array, placement: Placement, layer: Float32Array) => void {
  const full = createLevel(SPRITE_SIZE);
  const half = createLevel(SPRITE_SIZE / 2);
  return (sprite, placement, layer) => {
    fillLevel(full, sprite);
    halve(full, half);
    const ratio = SPRITE_SIZE / (PICTURE_SIZE * Math.sqrt(placement.width * placement.height));
    const halfShare = Math.min(1, Math.max(0, Math.log2(ratio) - SHARPNESS));
    layer.fill(0);
    drawLevel(full, placement, 1 - halfShare, layer);
    drawLevel(half, placement, halfShare, layer);
  };
}

function createLevel(size: number): Level {
  const stride = (size + 2) * 4;
  return { size, stride, rgba: new Float32Array(stride * (size + 2)) };
}

function fillLevel({ size, stride, rgba }: Level, sprite: Uint8Array): void {
  for (let y = 0, source = 0; y < size; y++) {
    const start = (y + 1) * stride + 4;
    for (let i = start; i < start + size * 4; i++) rgba[i] = sprite[source++]! * (1 / 255);
  }
}

function halve(from: Level, to: Level): void {
  for (let y = 0; y < to.size; y++) {
    let target = (y + 1) * to.stride + 4;
    let above = (2 * y + 1) * from.stride + 4;
    for (let x = 0; x < to.size; x++, above += 4) {
      for (let channel = 0; channel < 4; channel++, target++, above++) {
        const below = above + from.stride;
        const sum = from.rgba[above]! + from.rgba[above + 4]! + from.rgba[below]! + from.rgba[below + 4]!;
        to.rgba[target] = 0.25 * sum;
      }
    }
  }
}

/** Adds a level to the layer with a weight, interpolating between its pixels. */
function drawLevel(level: Level, placement: Placement, weight: number, layer: Float32Array): void {
  if (weight === 0) return;
  const { size, stride, rgba } = level;
  const cos = Math.cos(placement.angle) * (size / PICTURE_SIZE);
  const sin = Math.sin(placement.angle) * (size / PICTURE_SIZE);
  // From the picture to the level: the centre to the centre, turned back, shrunk back. The border is pixel 0.
  const acrossX = (placement.flipped ? -cos : cos) / placement.width;
  const acrossY = (placement.flipped ? -sin : sin) / placement.width;
  const downX = -sin / placement.height;
  const downY = cos / placement.height;
  const left = 0.5 - placement.x * PICTURE_SIZE;
  const top = 0.5 - placement.y * PICTURE_SIZE;
  const centre = size / 2 + 0.5;
  const end = size + 1;
  for (let y = 0, target = 0; y < PICTURE_SIZE; y++) {
    let u = centre + acrossX * left + acrossY * (y + top);
    let v = centre + downX * left + downY * (y + top);
    for (let x = 0; x < PICTURE_SIZE; x++, target += 4, u += acrossX, v += downX) {
      if (u < 0 || v < 0 || u >= end || v >= end) continue;
      const column = u | 0;
      const row = v | 0;
      const across = u - column;
      const down = (v - row) * weight;
      const up = weight - down;
      const a = up * (1 - across);
      const b = up * across;
      const c = down * (1 - across);
      const d = down * across;
      const i = row * stride + column * 4;
      const j = i + stride;
      layer[target]! += a * rgba[i]! + b * rgba[i + 4]! + c * rgba[j]! + d * rgba[j + 4]!;
      layer[target + 1]! += a * rgba[i + 1]! + b * rgba[i + 5]! + c * rgba[j + 1]! + d * rgba[j + 5]!;
      layer[target + 2]! += a * rgba[i + 2]! + b * rgba[i + 6]! + c * rgba[j + 2]! + d * rgba[j + 6]!;
      layer[target + 3]! += a * rgba[i + 3]! + b * rgba[i + 7]! + c * rgba[j + 3]! + d * rgba[j + 7]!;
    }
  }
}
