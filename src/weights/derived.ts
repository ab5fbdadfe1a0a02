/** Tensors made from others when their bytes are asked for: what only passes through is never held whole. */
import { fromFloat32, toFloat32, transpose } from './convert.ts';
import { mappedTensor } from './mapped.ts';
import { BYTES, byteLength, type DType, elementCount, type Tensor, type TensorInfo } from './tensor.ts';

/** Makes its bytes whenever it is asked for them, and keeps none. */
class DerivedTensor implements Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly #make: () => Uint8Array;

  constructor(dtype: DType, shape: readonly number[], make: () => Uint8Array) {
    this.dtype = dtype;
    this.shape = shape;
    this.#make = make;
  }

  get bytes(): Uint8Array {
    return this.#make();
  }
}

/** A matrix [rows, columns] as [columns, rows]. */
export function transposed(tensor: Tensor): Tensor {
  return new DerivedTensor(tensor.dtype, tensor.shape.toReversed(), () => transpose(tensor).bytes);
}

/** Tensors of the same columns below one another; of several element types, as F32. */
export function stacked(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  const alike = tensors.every(({ dtype }) => dtype === first.dtype);
  const parts = alike ? tensors : tensors.map((tensor) => as(tensor, 'F32'));
  const rows = tensors.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const shape = [rows, ...first.shape.slice(1)];
  return new DerivedTensor(parts[0]!.dtype, shape, () => joined(parts));
}

function joined(parts: readonly Tensor[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + byteLength(part), 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    at += byteLength(part);
  }
  return bytes;
}

/** Some rows of a tensor: where it is stored, a part of its place. */
export function rowsOf(tensor: Tensor, begin: number, end: number): Tensor {
  const { dtype, stored } = tensor;
  const [, ...columns] = tensor.shape;
  const shape = [end - begin, ...columns];
  const rowBytes = elementCount(columns) * BYTES[dtype];
  if (stored) return mappedTensor({ dtype, shape }, stored.path, stored.offset + begin * rowBytes);
  return new DerivedTensor(dtype, shape, () => tensor.bytes.subarray(begin * rowBytes, end * rowBytes));
}

/** A tensor of floats in another element type, F16 by rounding to the nearest, ties to even. */
export function as(tensor: Tensor, dtype: 'F32' | 'F16'): Tensor {
  if (tensor.dtype === dtype) return tensor;
  return new DerivedTensor(
    dtype,
    tensor.shape,
    () => fromFloat32(toFloat32(tensor), tensor.shape, dtype).bytes,
  );
}

/** A product B·A that begins at a row of a matrix [out, in]: A [rank, in], B [rows, rank]. */
export interface LowRank {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly row: number;
}

/** A matrix [out, in] plus `scale` times products, as F32; sums in double precision. */
export function added(matrix: Tensor, products: readonly LowRank[], scale: Tensor): Tensor {
  const make = () => {
    const values = new Float32Array(toFloat32(matrix));
    const factor = toFloat32(scale)[0]!;
    const inputs = matrix.shape[1]!;
    for (const { a, b, row: first } of products) {
      const [rank, rows] = [a.shape[0]!, b.shape[0]!];
      const [low, high] = [toFloat32(a), toFloat32(b)];
      for (let i = 0; i < rows; i++) {
        const sum = new Float64Array(inputs);
        for (let k = 0; k < rank; k++) {
          const weight = high[i * rank + k]! * factor;
          if (weight === 0) continue;
          for (let j = 0; j < inputs; j++) sum[j] = sum[j]! + weight * low[k * inputs + j]!;
        }
        const start = (first + i) * inputs;
        for (let j = 0; j < inputs; j++) values[start + j] = values[start + j]! + sum[j]!;
      }
    }
    return fromFloat32(values, matrix.shape).bytes;
  };
  return new DerivedTensor('F32', matrix.shape, make);
}

/** Zeros. */
export function zeros(dtype: DType, shape: readonly number[]): Tensor {
  return new DerivedTensor(dtype, shape, () => new Uint8Array(byteLength({ dtype, shape })));
}

/** A tensor whose bytes are in memory, made or read once. */
export function inMemory({ dtype, shape, bytes }: Tensor): Tensor {
  return { dtype, shape, bytes };
}

/** A tensor of which only type and shape are known, for what is told from those alone. */
export function described({ dtype, shape }: TensorInfo): Tensor {
  return new DerivedTensor(dtype, shape, () => {
    throw new Error('only described');
  });
}
