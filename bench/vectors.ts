/** Comparing lists of vectors. */
import { cosine } from './statistics.ts';

/** Vectors one after another. */
export interface VectorList {
  readonly data: Float32Array;
  readonly dim: number;
}

/** How far two lists of unit vectors are apart. */
export interface Distance {
  /** The largest difference of two numbers in the same place. */
  readonly largest: number;
  /** The largest angle between two vectors in the same place, in radians; 1 − cosine is half its square. */
  readonly angle: number;
}

export function distance(a: VectorList, b: VectorList): Distance {
  if (a.data.length !== b.data.length) throw new Error(`${a.data.length} numbers against ${b.data.length}`);
  const largest = a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
  const others = rows(b);
  return { largest, angle: Math.max(...rows(a).map((row, i) => angle(row, others[i]!))) };
}

/** By the length of the chord, which is exact where the cosine rounds to 1. */
function angle(a: Float32Array, b: Float32Array): number {
  return 2 * Math.asin(Math.hypot(...a.map((value, i) => value - b[i]!)) / 2);
}

/** The range of the cosines between different vectors of a list: near 1 throughout, they would show no error. */
export function spread(list: VectorList): { least: number; most: number } {
  const all = rows(list);
  const cosines = all.flatMap((a, i) => all.slice(i + 1).map((b) => cosine(a, b)));
  return { least: Math.min(...cosines), most: Math.max(...cosines) };
}

function rows({ data, dim }: VectorList): Float32Array[] {
  return Array.from({ length: data.length / dim }, (_, i) => data.subarray(i * dim, (i + 1) * dim));
}

/** The vectors at length 1. */
export function unitRows(data: Float32Array, dim: number): Float32Array {
  return Float32Array.from(
    rows({ data, dim }).flatMap((row) => [...row.map((value) => value / Math.hypot(...row))]),
  );
}
