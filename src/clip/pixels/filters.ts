/** A resampling filter: its half width in source pixels, and its weight at a distance from the centre. */
export interface Filter {
  support: number;
  weight: (distance: number) => number;
}

export type FilterName = 'bicubic' | 'bilinear' | 'box' | 'hamming' | 'lanczos';

/** Pillow's filters (its `Resample.c`); bicubic has a = -0.5. */
export const FILTERS: Readonly<Record<FilterName, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0),
  },
  bicubic: {
    support: 2,
    weight: (distance) => {
      const a = -0.5;
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** For each output position the source positions it is mixed from: `weights[i * size ... + counts[i]]` from `starts[i]`. */
export interface Windows {
  starts: Int32Array;
  counts: Int32Array;
  /** The most source positions any output position has: the row length of `weights`. */
  size: number;
  /** Positive and negative shares that sum to 1 for each output position. */
  weights: Float64Array;
}

/** One axis of a resizing: `from` pixels become `to`, of which `count` are wanted, from `first` on. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly count: number;
}

/** Whether every pixel of an axis stays as it is. */
export function isKept({ from, to, count }: Axis): boolean {
  return from === to && count === to;
}

/** The windows of one axis: shrinking widens the filter by the scale, so that every source pixel counts. */
export function windowsOf({ from, to, first, count: wanted }: Axis, filter: Filter): Windows {
  if (from === to) return samePixels(first, wanted);
  const scale = from / to;
  const widened = Math.max(scale, 1);
  const support = filter.support * widened;
  const size = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(wanted);
  const counts = new Int32Array(wanted);
  const weights = new Float64Array(wanted * size);
  for (let i = 0; i < wanted; i++) {
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    starts[i] = start;
    counts[i] = end - start;
    const row = weights.subarray(i * size, i * size + end - start);
    let sum = 0;
    for (let j = 0; j < row.length; j++) {
      row[j] = filter.weight((j + start - centre + 0.5) * (1 / widened));
      sum += row[j]!;
    }
    if (sum !== 0) for (let j = 0; j < row.length; j++) row[j] = row[j]! / sum;
  }
  return { starts, counts, size, weights };
}

/** Each pixel from the one at its own place. */
function samePixels(first: number, count: number): Windows {
  return {
    starts: Int32Array.from({ length: count }, (_, i) => first + i),
    counts: new Int32Array(count).fill(1),
    size: 1,
    weights: new Float64Array(count).fill(1),
  };
}
