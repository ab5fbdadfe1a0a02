import type { OpenFile } from './files.ts';
import type { Fail } from './torch-error.ts';

/** One entry of a zip archive, by the archive's directory. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Where its own header begins. */
  readonly offset: number;
  /** Where the next entry, or the directory, begins: its bytes end before. */
  readonly limit: number;
}

/** Where the directory lies, by the records at the end of the archive. */
interface End {
  readonly offset: number;
  readonly length: number;
  readonly count: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const MAX_COMMENT_BYTES = 0xffff;

/** The largest directory read, and the most entries: far more than any checkpoint has tensors. */
const MAX_DIRECTORY_BYTES = 2 ** 24;
const MAX_ENTRIES = 100_000;

/** Encrypted, strongly encrypted, or with a masked directory. */
const ENCRYPTED = 1 | (1 << 6) | (1 << 13);

/** Names that lead out of a folder, or may on some system. */
const UNSAFE_NAME = /^$|^[/\\]|^[A-Za-z]:|\\|\0|(^|\/)\.\.(\/|$)/;

/** The entries of an archive in the order of their bytes; no two share any. Throws TUWEN_TORCH_INVALID. */
export async function zipDirectory(file: OpenFile, fail: Fail): Promise<ZipEntry[]> {
  const end = await findEnd(file, fail);
  if (end.length > MAX_DIRECTORY_BYTES || end.count > MAX_ENTRIES) throw fail('zip-directory');
  const directory = await readAt(file, end.offset, end.length, fail);
  const entries = entriesOf(directory, end.count, fail).sort((a, b) => a.offset - b.offset);
  const names = new Set<string>();
  return entries.map((entry, i) => {
    const limit = entries[i + 1]?.offset ?? end.offset;
    if (entry.offset + entry.packedSize > limit) throw fail('zip-entry', entry.name);
    if (entry.method !== 0 && entry.method !== 8) throw fail('zip-method', entry.name);
    if (entry.method === 0 && entry.size !== entry.packedSize) throw fail('zip-entry', entry.name);
    if (UNSAFE_NAME.test(entry.name) || names.has(entry.name)) throw fail('zip-name', entry.name);
    names.add(entry.name);
    return { ...entry, limit };
  });
}

/** The last record of an archive, found from behind, or the larger one it points to. */
async function findEnd(file: OpenFile, fail: Fail): Promise<End> {
  const tailLength = Math.min(file.size, LOCATOR_64_BYTES + END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(file, file.size - tailLength, tailLength, fail);
  for (let at = tailLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END || at + END_BYTES + tail.getUint16(at + 20, true) !== tailLength)
      continue;
    const end =
      at >= LOCATOR_64_BYTES && tail.getUint32(at - LOCATOR_64_BYTES, true) === LOCATOR_64
        ? await readEnd64(file, uint64(tail, at - LOCATOR_64_BYTES + 8), fail)
        : {
            offset: tail.getUint32(at + 16, true),
            length: tail.getUint32(at + 12, true),
            count: tail.getUint16(at + 10, true),
          };
    if (end.offset + end.length > file.size - tailLength + at) throw fail('zip-directory');
    return end;
  }
  throw fail('zip-end');
}

async function readEnd64(file: OpenFile, offset: number, fail: Fail): Promise<End> {
  if (offset + END_64_BYTES > file.size) throw fail('zip-directory');
  const record = await readAt(file, offset, END_64_BYTES, fail);
  if (record.getUint32(0, true) !== END_64) throw fail('zip-directory');
  return { offset: uint64(record, 48), length: uint64(record, 40), count: uint64(record, 32) };
}

type Listed = Omit<ZipEntry, 'limit'>;

function entriesOf(directory: DataView, count: number, fail: Fail): Listed[] {
  const entries: Listed[] = [];
  let at = 0;
  while (entries.length < count) {
    if (
      at + DIRECTORY_ENTRY_BYTES > directory.byteLength ||
      directory.getUint32(at, true) !== DIRECTORY_ENTRY
    )
      throw fail('zip-directory');
    const nameStart = at + DIRECTORY_ENTRY_BYTES;
    const extraStart = nameStart + directory.getUint16(at + 28, true);
    const extraEnd = extraStart + directory.getUint16(at + 30, true);
    const next = extraEnd + directory.getUint16(at + 32, true);
    if (next > directory.byteLength) throw fail('zip-directory');
    const name = new TextDecoder().decode(slice(directory, nameStart, extraStart));
    if (directory.getUint16(at + 8, true) & ENCRYPTED) throw fail('zip-method', name);
    // A field that does not fit in 32 bits is full of ones; its value follows in the extra fields, in this order.
    const fields = [24, 20, 42].map((field) => directory.getUint32(at + field, true));
    const [size, packedSize, offset] = widen(fields, directory, extraStart, extraEnd);
    if (size === undefined || packedSize === undefined || offset === undefined)
      throw fail('zip-directory', name);
    entries.push({ name, method: directory.getUint16(at + 10, true), packedSize, size, offset });
    at = next;
  }
  return entries;
}

/** Fields with those that are full of ones replaced by zip64's; undefined where there is none. */
function widen(fields: number[], view: DataView, start: number, end: number): (number | undefined)[] {
  if (!fields.includes(0xffffffff)) return fields;
  let at = start;
  while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  const extraEnd = at + 4 <= end ? Math.min(end, at + 4 + view.getUint16(at + 2, true)) : 0;
  at += 4;
  return fields.map((field) => {
    if (field !== 0xffffffff) return field;
    at += 8;
    return at <= extraEnd ? uint64(view, at - 8) : undefined;
  });
}

/** A 64-bit number; beyond what a file can hold, infinity. */
function uint64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

async function readAt(file: OpenFile, position: number, length: number, fail: Fail): Promise<DataView> {
  const bytes = new Uint8Array(length);
  if ((await file.read(bytes, position)) < length) throw fail('truncated');
  return new DataView(bytes.buffer);
}

function slice(view: DataView, from: number, to: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, to - from);
}
