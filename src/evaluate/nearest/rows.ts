/** Vectors of one length, one after another. */
export interface Rows {
  /** count × dim numbers. */
  readonly data: Float32Array;
  readonly count: number;
  readonly dim: number;
}

/** Some of the rows, a view. */
export function rowsBetween({ data, dim }: Rows, from: number, to: number): Rows {
  return { data: data.subarray(from * dim, to * dim), count: to - from, dim };
}

/** The inner product of row i of `a` with row j of `b`, summed in double precision from the first number to the last. */
export function innerProduct(a: Rows, i: number, b: Rows, j: number): number {
  const { data: left, dim } = a;
  const right = b.data;
  let [at, other] = [i * dim, j * dim];
  let sum = 0;
  for (const end = at + dim; at < end; at++, other++) sum += left[at]! * right[other]!;
  return sum;
}

/** The length of every row. */
export function lengths(rows: Rows): Float64Array {
  return Float64Array.from({ length: rows.count }, (_, i) => Math.sqrt(innerProduct(rows, i, rows, i)));
}
