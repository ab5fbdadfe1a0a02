/** Zip archives (Node): stored and deflated entries, zip64. Nothing is unpacked to disk. */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { OpenFile } from './files.ts';
import type { Fail } from './torch-error.ts';
import { type ZipEntry, zipDirectory } from './zip-directory.ts';

/** How many times its own size an archive may unpack to, beside a few bytes of grace. */
const MAX_GROWTH = 16;
const GRACE_BYTES = 2 ** 20;

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const DEFLATED = 8;

const inflate = promisify(inflateRaw);

/** An archive's entries by name. */
export interface Zip {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * Fills `into`, as long as the entry's `size`, with an entry's content. `onBytes` hears of every chunk.
   * Throws TUWEN_TORCH_INVALID.
   */
  read(entry: ZipEntry, into: Uint8Array, onBytes?: (count: number) => void): Promise<void>;
  /** Where an entry's content begins in the file; undefined where it is packed. Throws TUWEN_TORCH_INVALID. */
  placeOf(entry: ZipEntry): Promise<number | undefined>;
}

/**
 * Opens an archive. Its directory is held against the file first: no two entries share bytes, none lies outside, no
 * name leads out of the archive, and all of them together unpack to at most 16 times the file.
 * Throws TUWEN_TORCH_INVALID.
 */
export async function openZip(file: OpenFile, fail: Fail): Promise<Zip> {
  const entries = await zipDirectory(file, fail);
  const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > MAX_GROWTH * file.size + GRACE_BYTES) throw fail('zip-bomb');
  return {
    entries: new Map(entries.map((entry) => [entry.name, entry])),
    read: (entry, into, onBytes) => readEntry(file, entry, into, fail, onBytes),
    placeOf: async (entry) => (entry.method === DEFLATED ? undefined : dataStart(file, entry, fail)),
  };
}

async function readEntry(
  file: OpenFile,
  entry: ZipEntry,
  into: Uint8Array,
  fail: Fail,
  onBytes?: (count: number) => void,
): Promise<void> {
  const start = await dataStart(file, entry, fail);
  const packed = entry.method === DEFLATED ? new Uint8Array(entry.packedSize) : into;
  if ((await file.read(packed, start, onBytes)) < packed.byteLength) throw fail('truncated', entry.name);
  if (packed === into) return;
  const content = await inflate(packed, { maxOutputLength: Math.max(entry.size, 1) }).catch((cause) => {
    throw fail('zip-deflate', entry.name, cause);
  });
  if (content.byteLength !== entry.size) throw fail('zip-deflate', entry.name);
  into.set(content);
}

/** Where an entry's bytes begin: after its own header, whose length the directory does not tell. */
async function dataStart(file: OpenFile, entry: ZipEntry, fail: Fail): Promise<number> {
  const header = new DataView(new ArrayBuffer(LOCAL_HEADER_BYTES));
  const length = await file.read(new Uint8Array(header.buffer), entry.offset);
  if (length < LOCAL_HEADER_BYTES || header.getUint32(0, true) !== LOCAL_HEADER)
    throw fail('zip-entry', entry.name);
  const start = entry.offset + LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint16(8, true) !== entry.method || start + entry.packedSize > entry.limit)
    throw fail('zip-entry', entry.name);
  return start;
}
