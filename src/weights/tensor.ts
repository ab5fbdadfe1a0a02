/** Element types of stored tensors, by their safetensors names. */
export type DType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Bytes of one element. */
export const BYTES: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** A stored tensor: row-major, little-endian. `bytes` may be a view into a larger buffer. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  /** Where the same bytes lie in a file, for those who need not read them. */
  readonly stored?: StoredBytes;
}

/** A tensor without its bytes. */
export type TensorInfo = Pick<Tensor, 'dtype' | 'shape'>;

/** A part of a file. */
export interface StoredBytes {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** The tensors of a model by name, in file order. */
export type StateDict = Map<string, Tensor>;

/** How many elements a shape holds (1 for a scalar). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How many bytes a tensor's elements take. */
export function byteLength({ dtype, shape }: TensorInfo): number {
  return elementCount(shape) * BYTES[dtype];
}

/** How many bytes these tensors' elements take together. */
export function totalBytes(tensors: ReadonlyMap<string, TensorInfo>): number {
  return Array.from(tensors.values(), byteLength).reduce((sum, bytes) => sum + bytes, 0);
}
