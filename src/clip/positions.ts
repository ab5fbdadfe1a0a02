import { fromFloat32, type Tensor, toFloat32 } from '../weights/index.ts';

/** The cubic's second parameter, as in PyTorch's bicubic interpolation (Keys 1981). */
const A = -0.75;

/**
 * A ViT's table of positions for a picture of `side` × `side` patches: its first row, the class token's, stays; the
 * others are a square of patches, resized as cn_clip's `resize_pos_embed` does (bicubic, the corners staying corners,
 * without smoothing where it shrinks). The table itself where it has that size. `tensor`: [1 + n², width]; the result is
 * [1 + side², width], floats.
 */
export function resizePositions(tensor: Tensor, side: number): Tensor {
  const [rows, width] = tensor.shape as [number, number];
  const from = Math.floor(Math.sqrt(rows - 1));
  if (from === side) return tensor;
  const table = toFloat32(tensor);
  const taps = tapsOf(from, side);
  const out = new Float32Array((1 + side * side) * width);
  out.set(table.subarray(0, width));
  taps.forEach((down, y) => {
    taps.forEach((across, x) => {
      const target = (1 + y * side + x) * width;
      for (const [row, share] of down) {
        for (const [column, weight] of across) {
          const source = (1 + row * from + column) * width;
          for (let i = 0; i < width; i++) out[target + i]! += share * weight * table[source + i]!;
        }
      }
    });
  });
  return fromFloat32(out, [1 + side * side, width]);
}

type Tap = readonly [place: number, weight: number];

/** For each of `to` places on a line the four of `from` it is mixed from, those beyond an end at the end. */
function tapsOf(from: number, to: number): Tap[][] {
  const step = to > 1 ? (from - 1) / (to - 1) : 0;
  return Array.from({ length: to }, (_, i) => {
    const place = Math.floor(i * step);
    const rest = i * step - place;
    return [-1, 0, 1, 2].map((k): Tap => {
      const inside = Math.min(from - 1, Math.max(0, place + k));
      return [inside, cubic(Math.abs(rest - k))];
    });
  });
}

function cubic(x: number): number {
  return x <= 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
}
