import type { LmdbFail } from './fault.ts';
import { BIG_VALUE, type BRANCH, KINDS, type LEAF, NODE_HEADER, PAGE, PAGE_HEADER } from './layout.ts';

/** A checked page of a tree. */
export interface TreePage {
  readonly number: number;
  readonly bytes: Buffer;
  readonly count: number;
}

/** Where an entry of a leaf has its value. */
export interface LeafNode {
  readonly key: Buffer;
  readonly length: number;
  /** Among the bytes of its page, or the number of its first overflow page. */
  readonly value: { readonly bytes: Buffer } | { readonly page: number };
}

/** Checks a page's header: its number, its kind, and that its list of entries lies inside it. */
export function treePage(
  bytes: Buffer,
  number: number,
  kind: typeof BRANCH | typeof LEAF,
  fail: LmdbFail,
): TreePage {
  const about = `page ${number}`;
  if (bytes.readBigUInt64LE(PAGE.number) !== BigInt(number)) throw fail('wrong-page', about);
  if ((bytes.readUInt16LE(PAGE.flags) & KINDS) !== kind) throw fail('wrong-page', about);
  const lower = bytes.readUInt16LE(PAGE.lower);
  const upper = bytes.readUInt16LE(PAGE.upper);
  const count = (lower - PAGE_HEADER) / 2;
  if (count < 1 || !Number.isInteger(count) || lower > upper || upper > bytes.length) {
    throw fail('bad-node', about);
  }
  return { number, bytes, count };
}

/** The entry's place and the length of its key. */
function nodeAt(
  { bytes, number }: TreePage,
  index: number,
  fail: LmdbFail,
): { at: number; keyLength: number } {
  const at = bytes.readUInt16LE(PAGE_HEADER + 2 * index);
  if (at < bytes.readUInt16LE(PAGE.upper) || at + NODE_HEADER > bytes.length) {
    throw fail('bad-node', `page ${number}`);
  }
  const keyLength = bytes.readUInt16LE(at + 6);
  if (at + NODE_HEADER + keyLength > bytes.length) throw fail('bad-node', `page ${number}`);
  return { at, keyLength };
}

export function keyAt(page: TreePage, index: number, fail: LmdbFail): Buffer {
  const { at, keyLength } = nodeAt(page, index, fail);
  return page.bytes.subarray(at + NODE_HEADER, at + NODE_HEADER + keyLength);
}

/** The page below an entry of a branch. */
export function childAt(page: TreePage, index: number, fail: LmdbFail): number {
  const { at } = nodeAt(page, index, fail);
  return page.bytes.readUInt32LE(at) + page.bytes.readUInt16LE(at + 4) * 2 ** 32;
}

/** An entry of a leaf. */
export function leafAt(page: TreePage, index: number, fail: LmdbFail): LeafNode {
  const { bytes, number } = page;
  const { at, keyLength } = nodeAt(page, index, fail);
  const length = bytes.readUInt32LE(at);
  const flags = bytes.readUInt16LE(at + 4);
  const start = at + NODE_HEADER + keyLength;
  const key = bytes.subarray(at + NODE_HEADER, start);
  if (flags === BIG_VALUE) {
    if (start + 8 > bytes.length) throw fail('bad-node', `page ${number}`);
    return { key, length, value: { page: Number(bytes.readBigUInt64LE(start)) } };
  }
  // Sub-pages and sub-trees hold several values of one key, which the official files never have.
  if (flags !== 0) throw fail('database-kind', `page ${number}`);
  if (start + length > bytes.length) throw fail('bad-node', `page ${number}`);
  return { key, length, value: { bytes: bytes.subarray(start, start + length) } };
}
