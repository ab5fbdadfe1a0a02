/** PyTorch's storages and tensors, as a pickle describes them. */

import { mappedTensor } from './mapped.ts';
import { PickleObject } from './pickle-values.ts';
import { BYTES, byteLength, type DType, elementCount, type Tensor } from './tensor.ts';
import type { Fail } from './torch-error.ts';

/** A run of elements in the file that tensors look into. */
export class TorchStorage extends PickleObject {
  readonly key: string;
  readonly dtype: DType;
  /** How many elements. */
  readonly length: number;

  constructor(key: string, dtype: DType, length: number) {
    super();
    this.key = key;
    this.dtype = dtype;
    this.length = length;
  }

  get byteLength(): number {
    return this.length * BYTES[this.dtype];
  }
}

/** A view of a storage: element (i, j, …) lies at offset + i · strides[0] + j · strides[1] + … */
export class TorchTensor extends PickleObject {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    super();
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  get dtype(): DType {
    return this.storage.dtype;
  }

  /** Whether the elements lie one after another, row-major. */
  get isContiguous(): boolean {
    let stride = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis]! > 1 && this.strides[axis] !== stride) return false;
      stride *= this.shape[axis]!;
    }
    return true;
  }

  /**
   * Whether every element lies in the storage, and there are no more elements than the storage has: a tensor that
   * repeats its storage would need more memory than the file.
   */
  get fits(): boolean {
    const count = elementCount(this.shape);
    if (count === 0) return true;
    const last = this.shape.reduce((at, size, axis) => at + (size - 1) * this.strides[axis]!, this.offset);
    return last < this.storage.length && count <= this.storage.length;
  }
}

/** What is known of the storages of a file: of each its bytes, or where they begin. */
export interface Storages {
  readonly path: string;
  readonly bytesOf: ReadonlyMap<TorchStorage, Uint8Array>;
  readonly places: ReadonlyMap<TorchStorage, number>;
}

/**
 * The tensors that look into storages, row-major: views of the storages' bytes, or copies where the elements
 * lie otherwise. The copies together are at most as large as the storages. Throws TUWEN_TORCH_INVALID.
 */
export function materialise(
  tensors: ReadonlyMap<string, TorchTensor>,
  { path, bytesOf, places }: Storages,
  fail: Fail,
): Map<string, Tensor> {
  let allowance = 0;
  for (const { byteLength } of bytesOf.values()) allowance += byteLength;
  return new Map(
    Array.from(tensors, ([name, tensor]) => {
      const { dtype, shape } = tensor;
      const length = byteLength(tensor);
      const place = places.get(tensor.storage);
      if (place !== undefined)
        return [name, mappedTensor(tensor, path, place + tensor.offset * BYTES[dtype])];
      const bytes = bytesOf.get(tensor.storage)!;
      if (tensor.isContiguous) {
        const start = Math.min(tensor.offset * BYTES[dtype], bytes.byteLength);
        return [name, { dtype, shape, bytes: bytes.subarray(start, start + length) }];
      }
      allowance -= length;
      if (allowance < 0) throw fail('copies-too-large', name);
      return [name, { dtype, shape, bytes: gather(tensor, bytes) }];
    }),
  );
}

/** Copies a tensor's elements into row-major order. */
function gather({ dtype, shape, strides, offset }: TorchTensor, from: Uint8Array): Uint8Array {
  const size = BYTES[dtype];
  const to = new Uint8Array(elementCount(shape) * size);
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let out = 0; out < to.length; out += size) {
    for (let i = 0; i < size; i++) to[out + i] = from[at * size + i]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      at += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      at -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return to;
}
