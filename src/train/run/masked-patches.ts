import { createRandom } from '../../base/index.ts';
import type { EngineTensor } from '../../engine/index.ts';

/**
 * Which tokens of each picture enter the blocks: the class token and `kept` random patches, drawn from (seed, step, row).
 * int64 [rows, 1 + kept], places rising.
 */
export function keptPatches(
  rows: number,
  patches: number,
  kept: number,
  seed: number,
  step: number,
): EngineTensor {
  const data = new BigInt64Array(rows * (kept + 1));
  for (let row = 0; row < rows; row++) {
    const random = createRandom(
      Math.imul(seed + 1, 0x27d4eb2f) ^ Math.imul(step + 1, 0x165667b1) ^ (row << 8),
    );
    const places = random.shuffle(Array.from({ length: patches }, (_, i) => i + 1)).slice(0, kept);
    places
      .sort((a, b) => a - b)
      .forEach((place, i) => {
        data[row * (kept + 1) + i + 1] = BigInt(place);
      });
  }
  return { data, dims: [rows, kept + 1] };
}
