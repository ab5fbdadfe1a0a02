import type { StoredFile } from '../files/stored-file.ts';
import type { LmdbFail } from './fault.ts';
import { DATABASE, MAGIC, MAX_DEPTH, META, META_PAGE, NO_PAGE, PAGE, VERSION } from './layout.ts';

/** The newest state of an LMDB. */
export interface Meta {
  readonly pageSize: number;
  /** Undefined where there are no entries. */
  readonly root: number | undefined;
  readonly depth: number;
  readonly entries: number;
  readonly transaction: bigint;
}

const MAX_PAGE_SIZE = 2 ** 16;
const MIN_PAGE_SIZE = 2 ** 8;

/** Reads both pages of metadata and takes the newer. Throws TUWEN_LMDB_INVALID. */
export async function readMeta(file: StoredFile, fail: LmdbFail): Promise<Meta> {
  const first = await metaAt(file, 0, fail);
  const second = await metaAt(file, first.pageSize, fail);
  if (second.pageSize !== first.pageSize) throw fail('page-size', String(second.pageSize));
  return second.transaction > first.transaction ? second : first;
}

async function metaAt(file: StoredFile, offset: number, fail: LmdbFail): Promise<Meta> {
  const page = await file.read(offset, META_PAGE.end);
  if (page.length < META_PAGE.end) throw fail('too-short');
  const isMeta = (page.readUInt16LE(PAGE.flags) & META) !== 0;
  if (!isMeta || page.readUInt32LE(META_PAGE.magic) !== MAGIC) throw fail('not-lmdb');
  const version = page.readUInt32LE(META_PAGE.version);
  if (version !== VERSION) throw fail('version', String(version));
  const pageSize = page.readUInt32LE(META_PAGE.free + DATABASE.padding);
  const isPower = (pageSize & (pageSize - 1)) === 0;
  if (pageSize < MIN_PAGE_SIZE || pageSize > MAX_PAGE_SIZE || !isPower)
    throw fail('page-size', String(pageSize));
  const main = page.subarray(META_PAGE.main);
  const flags = main.readUInt16LE(DATABASE.flags);
  if (flags !== 0) throw fail('database-kind', `0x${flags.toString(16)}`);
  const depth = main.readUInt16LE(DATABASE.depth);
  const root = main.readBigUInt64LE(DATABASE.root);
  const entries = main.readBigUInt64LE(DATABASE.entries);
  if (depth > MAX_DEPTH || (depth === 0) !== (root === NO_PAGE)) throw fail('too-deep', String(depth));
  const pages = Math.floor(file.size / pageSize);
  if (root !== NO_PAGE && root >= BigInt(pages)) throw fail('page-beyond-file', String(root));
  // A leaf of 256 bytes or more holds fewer entries than it has bytes.
  if (entries > BigInt(file.size)) throw fail('too-many', String(entries));
  return {
    pageSize,
    root: root === NO_PAGE ? undefined : Number(root),
    depth,
    entries: Number(entries),
    transaction: page.readBigUInt64LE(META_PAGE.transaction),
  };
}
