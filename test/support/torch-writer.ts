/** Pickles, zip archives and PyTorch files made by hand, right ones and wrong ones. */
import { deflateRawSync } from 'node:zlib';
import type { OpenFile } from '../../src/weights/files.ts';

/** A file that lies in memory. */
export function memoryFile(bytes: Uint8Array): OpenFile {
  return {
    path: 'memory.pt',
    size: bytes.byteLength,
    async read(into, position, onChunk) {
      const part = bytes.subarray(position, position + into.byteLength);
      into.set(part);
      onChunk?.(part.byteLength);
      return part.byteLength;
    },
  };
}

/** Bytes one after another: texts as Latin-1, numbers as single bytes. */
export function bytesOf(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part, 'latin1');
      return typeof part === 'number' ? Buffer.of(part) : part;
    }),
  );
}

/** Instructions of a pickle, by what they push. */
export const push = {
  text: (text: string) => bytesOf('X', uint32(Buffer.byteLength(text)), Buffer.from(text)),
  number: (value: number) => bytesOf('J', uint32(value >>> 0)),
  long: (value: bigint) => bytesOf(0x8a, 9, uint64(BigInt.asUintN(64, value)), value < 0n ? 0xff : 0),
  global: (module: string, name: string) => bytesOf('c', module, '\n', name, '\n'),
  tuple: (...items: readonly Uint8Array[]) => bytesOf('(', ...items, 't'),
  sizes: (...sizes: readonly number[]) => push.tuple(...sizes.map((size) => push.long(BigInt(size)))),
  call: (called: Uint8Array, ...args: readonly Uint8Array[]) => bytesOf(called, push.tuple(...args), 'R'),
  dict: (entries: Readonly<Record<string, Uint8Array>>) =>
    bytesOf('}(', ...Object.entries(entries).flatMap(([key, value]) => [push.text(key), value]), 'u'),
  /** A TorchScript object of this class with these attributes. */
  object: (name: string, attributes: Readonly<Record<string, Uint8Array>>) =>
    bytesOf(push.global('__torch__', name), ')', 0x81, push.dict(attributes), 'b'),
  storage: (key: string, length: number, type = 'FloatStorage') =>
    bytesOf(
      push.tuple(
        push.text('storage'),
        push.global('torch', type),
        push.text(key),
        push.text('cpu'),
        push.long(BigInt(length)),
      ),
      'Q',
    ),
  tensor: (storage: Uint8Array, offset: number, shape: readonly number[], strides: readonly number[]) =>
    push.call(
      push.global('torch._utils', '_rebuild_tensor_v2'),
      storage,
      push.number(offset),
      push.sizes(...shape),
      push.sizes(...strides),
      bytesOf(0x89),
      push.call(push.global('collections', 'OrderedDict')),
    ),
};

/** A whole pickle of protocol 2 that leaves this value. */
export const pickle = (value: Uint8Array): Uint8Array => bytesOf(0x80, 2, value, '.');

/** What stands in a zip archive under a name; sizes may be lies. */
export interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  readonly size?: number;
  readonly method?: number;
  readonly flags?: number;
  /** Where its header lies, if not where it does. */
  readonly offset?: number;
}

/** A zip archive, as zip64 where told. */
export function zip(entries: readonly Entry[], { zip64 = false } = {}): Uint8Array {
  const local: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const packed = entry.deflate ? deflateRawSync(entry.content) : entry.content;
    const size = entry.size ?? entry.content.byteLength;
    const method = entry.method ?? (entry.deflate ? 8 : 0);
    const name = Buffer.from(entry.name);
    const packedSize = entry.deflate ? packed.byteLength : size;
    const common = bytesOf(uint16(45), uint16(entry.flags ?? 0), uint16(method), uint32(0), uint32(0));
    const header = bytesOf(
      'PK\x03\x04',
      common,
      uint32(packedSize),
      uint32(size),
      uint16(name.length),
      uint16(0),
      name,
    );
    const offset = entry.offset ?? at;
    const extra = zip64
      ? bytesOf(uint16(1), uint16(24), ...[size, packedSize, offset].map((n) => uint64(BigInt(n))))
      : Buffer.alloc(0);
    const [a, b, c] = zip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : [packedSize, size, offset];
    directory.push(
      bytesOf(
        'PK\x01\x02',
        uint16(45),
        common,
        uint32(a!),
        uint32(b!),
        uint16(name.length),
        uint16(extra.length),
      ),
      bytesOf(uint16(0), uint16(0), uint16(0), uint32(0), uint32(c!), name, extra),
    );
    local.push(header, packed);
    at += header.byteLength + packed.byteLength;
  }
  const list = bytesOf(...directory);
  const end64 = bytesOf(
    'PK\x06\x06',
    uint64(44n),
    uint16(45),
    uint16(45),
    uint32(0),
    uint32(0),
    ...[entries.length, entries.length, list.byteLength, at].map((n) => uint64(BigInt(n))),
  );
  const locator = bytesOf('PK\x06\x07', uint32(0), uint64(BigInt(at + list.byteLength)), uint32(1));
  const [count, length, start] = zip64
    ? [0xffff, 0xffffffff, 0xffffffff]
    : [entries.length, list.byteLength, at];
  const end = bytesOf(
    'PK\x05\x06',
    uint16(0),
    uint16(0),
    uint16(count!),
    uint16(count!),
    uint32(length!),
    uint32(start!),
    uint16(0),
  );
  return bytesOf(...local, list, ...(zip64 ? [end64, locator] : []), end);
}

/** A PyTorch archive of this pickle and these storages; `module`: as TorchScript writes it. */
export function archive(
  value: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  options: { zip64?: boolean; deflate?: boolean; byteorder?: string; module?: boolean } = {},
): Uint8Array {
  const { zip64 = false, deflate = false, byteorder = 'little', module = false } = options;
  const entries = [
    { name: 'm/data.pkl', content: value, deflate },
    { name: 'm/byteorder', content: Buffer.from(byteorder) },
    ...(module ? [{ name: 'm/constants.pkl', content: pickle(push.tuple()) }] : []),
    ...Object.entries(storages).map(([key, content]) => ({ name: `m/data/${key}`, content, deflate })),
  ];
  return zip(entries, { zip64 });
}

export function uint16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function uint64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
