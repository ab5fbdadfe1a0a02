/** Tensors from one element type or arrangement to another. */
import { floatToHalf, halfToFloat, TuwenError } from '../base/index.ts';
import { elementCount, type Tensor } from './tensor.ts';

/** The array that holds a type's elements; halves and bfloats as their bits. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** An array of a tensor's elements. */
export type Elements = InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>;

/**
 * A tensor's elements in their own type (I64 as bigints, F16 and BF16 as bits), row-major: a view of its bytes, or a
 * copy where those do not start at a multiple of the element's size.
 */
export function elements({ dtype, shape, bytes }: Tensor): Elements {
  const Type = ARRAYS[dtype];
  const aligned = bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Type(aligned.buffer as ArrayBuffer, aligned.byteOffset, elementCount(shape));
}

/**
 * A tensor's elements as floats, row-major: F32 as a view (a copy where misaligned), F16 and BF16 exactly, wider types
 * rounded to the nearest float.
 */
export function toFloat32(tensor: Tensor): Float32Array {
  const values = elements(tensor);
  if (tensor.dtype === 'F16') return halfToFloat(values as Uint16Array);
  if (tensor.dtype === 'BF16') return bfloatToFloat(values as Uint16Array);
  if (values instanceof Float32Array) return values;
  return values instanceof BigInt64Array ? Float32Array.from(values, Number) : Float32Array.from(values);
}

/** A bfloat is the upper half of a float's bits. */
function bfloatToFloat(bfloats: Uint16Array): Float32Array {
  const words = new Uint32Array(bfloats.length);
  for (let i = 0; i < bfloats.length; i++) words[i] = bfloats[i]! << 16;
  return new Float32Array(words.buffer);
}

/** A stored tensor of these floats, F16 by rounding to the nearest, ties to even. F32 shares the memory. */
export function fromFloat32(
  values: Float32Array,
  shape: readonly number[],
  dtype: 'F32' | 'F16' = 'F32',
): Tensor {
  const stored = dtype === 'F16' ? floatToHalf(values) : values;
  return { dtype, shape, bytes: new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength) };
}

/** A matrix [rows, columns] as [columns, rows], of any element type. Throws TUWEN_BAD_ARGUMENT for other ranks. */
export function transpose(tensor: Tensor): Tensor {
  const [rows, columns, ...rest] = tensor.shape;
  if (rows === undefined || columns === undefined || rest.length > 0)
    throw new TuwenError('TUWEN_BAD_ARGUMENT', {
      name: 'tensor.shape',
      got: tensor.shape,
      expected: '[rows, columns]',
    });
  const from = elements(tensor);
  const to = from.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!;
  }
  return { dtype: tensor.dtype, shape: [columns, rows], bytes: new Uint8Array(to.buffer) };
}
