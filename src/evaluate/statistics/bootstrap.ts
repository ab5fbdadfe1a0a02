/** A difference with the interval that holds it in 95 of 100 resamples. */
export interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Resamples of an interval. */
const RESAMPLES = 2000;

/**
 * The mean of b − a over paired values, with its 95 % interval by the percentile bootstrap over pairs (Efron and Tibshirani
 * 1993, An Introduction to the Bootstrap, chapter 13). The same values give the same interval.
 *
 * @param a, b Values of the same queries under two models; as many in one as in the other, at least one.
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): Difference {
  const differences = Float64Array.from(a, (value, i) => b[i]! - value);
  const count = differences.length;
  const random = generator(count);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += differences[Math.floor(random() * count)]!;
    return sum / count;
  }).sort();
  const at = (share: number) => means[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))]!;
  return { value: differences.reduce((x, y) => x + y, 0) / count, low: at(0.025), high: at(0.975) };
}

/** Numbers from 0 to below 1, the same for the same seed (Steele, Lea and Flood 2014, SplitMix; 32 bits). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
