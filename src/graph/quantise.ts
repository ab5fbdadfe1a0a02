/** Matrices in a few bits, symmetric about zero: whole numbers, and factors that give the numbers back. */
import type { ValueType } from './graph.ts';

/**
 * `int8-columns`: W [out, in] for a product with whole numbers: weight int8 [in, out], a scale for each output.
 * `int8-rows`: a table [rows, width] to look rows up in: weight int8 [rows, width], scales [rows, 1].
 * `int4-blocks`: W [out, in] as the engine's MatMulNBits takes it: 32 numbers along `in` share a scale; weight uint8
 * [out, blocks, 16], two numbers a byte, the lower half first; scales [out · blocks].
 */
export type QuantisedForm = 'int8-columns' | 'int8-rows' | 'int4-blocks';

export interface QuantisedMatrix {
  readonly weight: Int8Array | Uint8Array;
  readonly scales: Float32Array;
}

/** Numbers that share a scale in `int4-blocks`. */
export const BLOCK_SIZE = 32;

type Types = (rows: number, columns: number) => { readonly weight: ValueType; readonly scales: ValueType };
type Quantise = (matrix: Float32Array, rows: number, columns: number) => QuantisedMatrix;

const blocksOf = (columns: number) => Math.ceil(columns / BLOCK_SIZE);

const FORMS: Readonly<Record<QuantisedForm, { readonly types: Types; readonly quantise: Quantise }>> = {
  'int8-columns': {
    types: (rows, columns) => ({
      weight: { elements: 'int8', shape: [columns, rows] },
      scales: { elements: 'float32', shape: [rows] },
    }),
    quantise: quantiseColumns,
  },
  'int8-rows': {
    types: (rows, columns) => ({
      weight: { elements: 'int8', shape: [rows, columns] },
      scales: { elements: 'float32', shape: [rows, 1] },
    }),
    quantise: quantiseRows,
  },
  'int4-blocks': {
    types: (rows, columns) => ({
      weight: { elements: 'uint8', shape: [rows, blocksOf(columns), BLOCK_SIZE / 2] },
      scales: { elements: 'float32', shape: [rows * blocksOf(columns)] },
    }),
    quantise: quantiseBlocks,
  },
};

/** The types of the two tensors that a matrix [rows, columns] becomes. */
export function quantisedTypes(form: QuantisedForm, rows: number, columns: number): ReturnType<Types> {
  return FORMS[form].types(rows, columns);
}

/** Rounds a matrix [rows, columns], row-major, to a form. */
export function quantise(form: QuantisedForm, ...matrix: Parameters<Quantise>): QuantisedMatrix {
  return FORMS[form].quantise(...matrix);
}

const LARGEST = 127;
/** Rows turned into columns together, so that neighbours in a column are written one after another. */
const TOGETHER = 64;

function quantiseColumns(matrix: Float32Array, outputs: number, inputs: number): QuantisedMatrix {
  const weight = new Int8Array(matrix.length);
  const scales = rowScales(matrix, outputs, inputs);
  const factors = scales.map((scale) => 1 / scale);
  for (let first = 0; first < outputs; first += TOGETHER) {
    const last = Math.min(first + TOGETHER, outputs);
    for (let i = 0; i < inputs; i++) {
      for (let row = first; row < last; row++) {
        weight[i * outputs + row] = rounded(matrix[row * inputs + i]! * factors[row]!);
      }
    }
  }
  return { weight, scales };
}

function quantiseRows(matrix: Float32Array, rows: number, width: number): QuantisedMatrix {
  const weight = new Int8Array(matrix.length);
  const scales = rowScales(matrix, rows, width);
  for (let row = 0; row < rows; row++) {
    const factor = 1 / scales[row]!;
    for (let i = row * width; i < (row + 1) * width; i++) weight[i] = rounded(matrix[i]! * factor);
  }
  return { weight, scales };
}

/** The nearest whole number of one from −127 to 127; far faster here than Math.round. */
function rounded(value: number): number {
  return ((value + 128.5) | 0) - 128;
}

/** For each row the step with which its largest number is 127. */
function rowScales(matrix: Float32Array, rows: number, width: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    const largest = Math.abs(largestOf(matrix, row * width, (row + 1) * width));
    return largest === 0 ? 1 : largest / LARGEST;
  });
}

/** 4 bits hold −8 to 7, stored 8 higher. */
const LOWEST = -8;

/** The number farthest from zero becomes −8, whatever its sign, so that all 16 values are used. */
function quantiseBlocks(matrix: Float32Array, rows: number, columns: number): QuantisedMatrix {
  const blocks = blocksOf(columns);
  const weight = new Uint8Array(rows * blocks * (BLOCK_SIZE / 2)).fill(0x88);
  const scales = new Float32Array(rows * blocks);
  for (let block = 0; block < rows * blocks; block++) {
    const row = Math.floor(block / blocks);
    const start = row * columns + (block % blocks) * BLOCK_SIZE;
    const end = Math.min(start + BLOCK_SIZE, (row + 1) * columns);
    const largest = largestOf(matrix, start, end);
    scales[block] = largest / LOWEST;
    if (largest === 0) continue;
    const factor = LOWEST / largest;
    for (let i = start; i < end; i++) {
      const value = Math.min(15, (matrix[i]! * factor + 8.5) | 0);
      const at = block * (BLOCK_SIZE / 2) + ((i - start) >> 1);
      weight[at] = (i - start) & 1 ? (weight[at]! & 0x0f) | (value << 4) : (weight[at]! & 0xf0) | value;
    }
  }
  return { weight, scales };
}

/** The number farthest from zero, with its sign. */
function largestOf(matrix: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) if (Math.abs(matrix[i]!) > Math.abs(largest)) largest = matrix[i]!;
  return largest;
}
