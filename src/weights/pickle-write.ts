/** Pickles of protocol 2, of just what a PyTorch checkpoint is made of. */
import { elementCount, type TensorInfo } from './tensor.ts';
import { storageName } from './torch-globals.ts';

/** A piece of a pickle: instructions that leave one value. */
type Piece = Buffer;

/** A whole pickle that leaves this value. */
export function pickleOf(value: Piece): Uint8Array {
  return joined([0x80, 2], value, '.');
}

export function text(value: string): Piece {
  const bytes = Buffer.from(value);
  return joined('X', word(bytes.length), bytes);
}

/** A number: whole ones of 32 bits as such, others as floats. */
export function number(value: number): Piece {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return joined('J', word(value >>> 0));
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return joined('G', bytes);
}

export function boolean(value: boolean): Piece {
  return joined([value ? 0x88 : 0x89]);
}

export function none(): Piece {
  return joined('N');
}

export function list(items: readonly Piece[]): Piece {
  return joined(']', '(', ...items, 'e');
}

/** A plain dictionary. */
export function dictionary(items: readonly (readonly [string | number, Piece])[]): Piece {
  return joined('}', ...setItems(items));
}

/** A collections.OrderedDict, as state dicts are. */
export function orderedDictionary(items: readonly (readonly [string, Piece])[]): Piece {
  return joined('ccollections\nOrderedDict\n)R', ...setItems(items));
}

/** A row-major tensor that is the whole of the storage named `key`. */
export function tensor({ dtype, shape }: TensorInfo, key: string): Piece {
  const count = number(elementCount(shape));
  const storage = tuple(
    text('storage'),
    joined(`ctorch\n${storageName(dtype)}\n`),
    text(key),
    text('cpu'),
    count,
  );
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const noHooks = joined('ccollections\nOrderedDict\n)R');
  const args = [joined(storage, 'Q'), number(0), sizes(shape), sizes(strides), boolean(false), noHooks];
  return joined('ctorch._utils\n_rebuild_tensor_v2\n', tuple(...args), 'R');
}

function sizes(values: readonly number[]): Piece {
  return tuple(...values.map(number));
}

export function tuple(...items: readonly Piece[]): Piece {
  return joined('(', ...items, 't');
}

function setItems(items: readonly (readonly [string | number, Piece])[]): (string | Piece)[] {
  const key = (name: string | number) => (typeof name === 'number' ? number(name) : text(name));
  return ['(', ...items.flatMap(([name, value]) => [key(name), value]), 'u'];
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function joined(...parts: readonly (string | Buffer | readonly number[])[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part as Buffer),
    ),
  );
}
