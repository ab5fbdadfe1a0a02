/** A matrix as 8-bit columns, each with the factor that gives its numbers back. */
export interface QuantisedColumns {
  /** [in, out], row-major, from −127 to 127. */
  readonly weight: Int8Array;
  /** [out] */
  readonly scales: Float32Array;
}

const LARGEST = 127;
/** Rows turned into columns together, so that neighbours in a column are written one after another. */
const BLOCK = 64;

/** Rounds the rows of W [out, in] to 8 bits, symmetrically about zero, each by its largest number; as columns [in, out]. */
export function quantiseColumns(matrix: Float32Array, outputs: number, inputs: number): QuantisedColumns {
  const weight = new Int8Array(matrix.length);
  const scales = Float32Array.from({ length: outputs }, (_, row) => scaleOf(matrix, row * inputs, inputs));
  const factors = scales.map((scale) => 1 / scale);
  for (let first = 0; first < outputs; first += BLOCK) {
    const last = Math.min(first + BLOCK, outputs);
    for (let i = 0; i < inputs; i++) {
      for (let row = first; row < last; row++) {
        weight[i * outputs + row] = rounded(matrix[row * inputs + i]! * factors[row]!);
      }
    }
  }
  return { weight, scales };
}

/** The nearest whole number of one from −127 to 127; far faster here than Math.round. */
function rounded(value: number): number {
  return ((value + 128.5) | 0) - 128;
}

/** The step with which the largest of these numbers is 127. */
function scaleOf(matrix: Float32Array, start: number, length: number): number {
  let largest = 0;
  for (let i = start; i < start + length; i++) {
    const size = Math.abs(matrix[i]!);
    if (size > largest) largest = size;
  }
  return largest === 0 ? 1 : largest / LARGEST;
}
