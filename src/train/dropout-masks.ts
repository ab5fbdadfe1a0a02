/** Factors 0 or 1 / (1 − rate) for a tensor whose first axis is the batch. */
export type DropoutMasks = (
  segment: number,
  site: number,
  dims: readonly number[],
  rate: number,
) => Float32Array;

/**
 * The masks of one training step. Each row of a batch has numbers of its own, drawn from (seed, step, row, segment,
 * site): the same whether a batch runs whole or in parts, and when a block is computed again.
 *
 * @param firstRow where these rows stand in the whole batch
 */
export function dropoutMasks(seed: number, step: number, firstRow = 0): DropoutMasks {
  return (segment, site, dims, rate) => {
    const [rows, ...rest] = dims as [number, ...number[]];
    const length = rest.reduce((total, dim) => total * dim, 1);
    const mask = new Float32Array(rows * length);
    const factor = 1 / (1 - rate);
    const below = Math.round(rate * 2 ** 32);
    for (let row = 0; row < rows; row++) {
      let state = mixed([seed, step, firstRow + row, segment, site]) || 1;
      for (let i = row * length; i < (row + 1) * length; i++) {
        // xorshift32 (Marsaglia 2003, Journal of Statistical Software 8(14)).
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        if (state >>> 0 >= below) mask[i] = factor;
      }
    }
    return mask;
  };
}

/** 32 bits that depend on all of the numbers, by MurmurHash3's mixing. */
function mixed(numbers: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const number of numbers) {
    let word = Math.imul(number | 0, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
