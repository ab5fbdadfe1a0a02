import { createRandom } from '../../base/index.ts';

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
  const { below } = createRandom(count);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += differences[below(count)]!;
    return sum / count;
  }).sort();
  const at = (share: number) => means[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))]!;
  return { value: differences.reduce((x, y) => x + y, 0) / count, low: at(0.025), high: at(0.975) };
}
