/** Feature vectors, one after another in one array. Iterates over the vectors. */
export interface Embeddings extends Iterable<Float32Array> {
  /** count × dim numbers, row-major. */
  readonly data: Float32Array;
  readonly count: number;
  readonly dim: number;
  /** The i-th vector, a view into `data`; negative counts from the end. Throws a RangeError beyond the ends. */
  at(index: number): Float32Array;
  /** Inner products with every vector of `other` (cosines where both are unit vectors): count × other.count, row-major. */
  similarity(other: Embeddings): Float32Array;
}

/** Wraps count × dim numbers. */
export function embeddings(data: Float32Array, dim: number): Embeddings {
  const count = data.length / dim;
  const row = (index: number) => data.subarray(index * dim, (index + 1) * dim);
  return {
    data,
    count,
    dim,
    at(index) {
      const place = index < 0 ? count + index : index;
      if (!Number.isInteger(place) || place < 0 || place >= count) {
        throw new RangeError(`no vector ${index} among ${count}`);
      }
      return row(place);
    },
    similarity(other) {
      const result = new Float32Array(count * other.count);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < other.count; j++) result[i * other.count + j] = dot(row(i), other.at(j));
      }
      return result;
    },
    *[Symbol.iterator]() {
      for (let i = 0; i < count; i++) yield row(i);
    },
  };
}

/** The inner product, summed in double precision. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Divides every row of `dim` numbers by its Euclidean length, in place. */
export function normaliseRows(data: Float32Array, dim: number): Float32Array {
  for (let start = 0; start < data.length; start += dim) {
    const row = data.subarray(start, start + dim);
    const length = Math.sqrt(dot(row, row));
    for (let i = 0; i < dim; i++) row[i] = row[i]! / length;
  }
  return data;
}

/** exp(x) / Σ exp(x). */
export function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}
