/** The names of Python's that a checkpoint of weights needs, and plain data in their place. */
import {
  PickleFunction,
  type PickleHost,
  PickleObject,
  type PickleTuple,
  type PickleValue,
} from './pickle-values.ts';
import type { DType } from './tensor.ts';
import { TorchStorage, TorchTensor } from './torch-tensor.ts';

/** A type of storage; calling it makes nothing. */
export class StorageType extends PickleFunction {
  readonly dtype: DType;

  constructor(name: string, dtype: DType) {
    super(name, () => undefined);
    this.dtype = dtype;
  }
}

const STORAGES: Readonly<Record<string, DType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** PyTorch's name of a type of storage. */
export function storageName(dtype: DType): string {
  return Object.keys(STORAGES).find((name) => STORAGES[name] === dtype)!;
}

const scalar = (args: PickleTuple) => numpyScalar(args);

const GLOBALS: ReadonlyMap<string, PickleFunction> = new Map(
  [
    new PickleFunction('collections.OrderedDict', (args) => (args.length === 0 ? new Map() : undefined)),
    new PickleFunction('torch._utils._rebuild_tensor_v2', rebuildTensor),
    new PickleFunction('torch._utils._rebuild_parameter', ([tensor]) =>
      tensor instanceof TorchTensor ? tensor : undefined,
    ),
    // A learning rate that a schedule computed with numpy is a numpy number.
    new PickleFunction('numpy._core.multiarray.scalar', scalar),
    new PickleFunction('numpy.core.multiarray.scalar', scalar),
    new PickleFunction('numpy.dtype', ([name]) =>
      typeof name === 'string' ? new NumpyType(name) : undefined,
    ),
    new PickleFunction('_codecs.encode', encodeLatin1),
    ...Object.entries(STORAGES).map(([name, dtype]) => new StorageType(`torch.${name}`, dtype)),
  ].map((known) => [known.name, known]),
);

/** What a state dict's pickle may name. */
export const STATE_DICT_NAMES: Pick<PickleHost, 'find' | 'hasObjects'> = {
  find: (module, name) => GLOBALS.get(`${module}.${name}`),
  hasObjects: false,
};

/** `(storage, offset, size, stride, requires_grad, backward_hooks)`; a seventh argument marks lazy conjugates. */
function rebuildTensor(args: PickleTuple): TorchTensor | undefined {
  const [storage, offset, shape, strides, , , metadata = null] = args;
  if (!(storage instanceof TorchStorage) || args.length < 6 || args.length > 7 || metadata !== null)
    return undefined;
  if (!isSize(offset) || !isSizes(shape) || !isSizes(strides) || shape.length !== strides.length)
    return undefined;
  return new TorchTensor(storage, offset, shape, strides);
}

function isSize(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The most axes a tensor may have, as in PyTorch. */
const MAX_AXES = 64;

function isSizes(value: PickleValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isSize);
}

/** numpy's name of an element type: a kind and its bytes. Its state begins (version, byte order, …). */
class NumpyType extends PickleObject {
  readonly name: string;
  #bigEndian = false;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override setState(state: PickleValue): boolean {
    if (!Array.isArray(state)) return false;
    this.#bigEndian = state[1] === '>';
    return true;
  }

  /** The number these bytes are; undefined where they are none of this type. */
  read(bytes: Uint8Array): number | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const little = !this.#bigEndian;
    const readers: Readonly<Record<string, () => number>> = {
      f8: () => view.getFloat64(0, little),
      f4: () => view.getFloat32(0, little),
      i8: () => Number(view.getBigInt64(0, little)),
      i4: () => view.getInt32(0, little),
    };
    return Object.hasOwn(readers, this.name) && bytes.byteLength === Number(this.name[1])
      ? readers[this.name]!()
      : undefined;
  }
}

function numpyScalar([type, bytes]: PickleTuple): number | undefined {
  return type instanceof NumpyType && bytes instanceof Uint8Array ? type.read(bytes) : undefined;
}

/** The longest text taken for the bytes of a number. */
const MAX_NUMBER_BYTES = 16;

/** Bytes of a number, which older pickles hold as text, one character a byte. */
function encodeLatin1([text, encoding]: PickleTuple): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length > MAX_NUMBER_BYTES || encoding !== 'latin1') return undefined;
  const codes = Array.from(text, (char) => char.codePointAt(0)!);
  return codes.every((code) => code <= 0xff) ? Uint8Array.from(codes) : undefined;
}
