/**
 * `count` repeatable numbers that look random: multiples of 1/256 between `from` and `to`, so that sums and halves of
 * them are exact in float32.
 */
export function numbers(count: number, seed = 1, from = -2, to = 2): Float32Array<ArrayBuffer> {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((from + ((to - from) * state) / 2 ** 32) * 256) / 256;
  });
}

/** The product of sizes: how many elements a shape holds. */
export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** The largest absolute difference of two arrays of one length; NaN where either holds one. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** The largest absolute value. */
export function largest(values: ArrayLike<number>): number {
  return largestDifference(values, new Float64Array(values.length));
}
