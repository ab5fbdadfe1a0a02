/** Pages of an LMDB as bytes, laid out as liblmdb does on a machine with pages of 4,096 bytes. */
import type { Entry } from './entry-log.ts';
import {
  BIG_VALUE,
  BRANCH,
  DATABASE,
  LEAF,
  MAGIC,
  META,
  META_PAGE,
  NO_PAGE,
  NODE_HEADER,
  OVERFLOW,
  PAGE,
  PAGE_HEADER,
  VERSION,
} from './layout.ts';
import type { Tree } from './tree-writer.ts';

export const PAGE_SIZE = 4096;

/** The largest entry that stands on a leaf whole: two of them must fit on a page. */
const MAX_NODE = (((PAGE_SIZE - PAGE_HEADER) / 2) & -2) - 2;

/** Of the official script: how large the file may grow. */
const MAP_SIZE = 2n ** 40n;
/** Keys of the list of free pages are whole numbers. */
const INTEGER_KEYS = 0x08;

/** An entry of a page as bytes, and its whole key. */
export interface Node {
  readonly key: Buffer;
  readonly bytes: Buffer;
}

/** Whether a value of this length stands on pages of its own. */
export function isBig(key: Buffer, length: number): boolean {
  return NODE_HEADER + key.length + length > MAX_NODE;
}

export function leafNode({ key, value }: Entry): Node {
  const inline = Buffer.isBuffer(value);
  const data = inline ? value : Buffer.alloc(8);
  if (!inline) data.writeBigUInt64LE(BigInt(value.page));
  const bytes = Buffer.alloc(even(NODE_HEADER + key.length + data.length));
  bytes.writeUInt32LE(value.length, 0);
  bytes.writeUInt16LE(inline ? 0 : BIG_VALUE, 4);
  bytes.writeUInt16LE(key.length, 6);
  key.copy(bytes, NODE_HEADER);
  data.copy(bytes, NODE_HEADER + key.length);
  return { key, bytes };
}

export function branchNode(key: Buffer, page: number): Node {
  const bytes = Buffer.alloc(even(NODE_HEADER + key.length));
  bytes.writeUIntLE(page, 0, 6);
  bytes.writeUInt16LE(key.length, 6);
  key.copy(bytes, NODE_HEADER);
  return { key, bytes };
}

/** Entries in the order of their keys; the first of a branch has none. */
export function pageBytes(number: number, isBranch: boolean, nodes: readonly Node[]): Buffer {
  const page = Buffer.alloc(PAGE_SIZE);
  let upper = PAGE_SIZE;
  for (const [i, node] of nodes.entries()) {
    const bytes = isBranch && i === 0 ? withoutKey(node) : node.bytes;
    upper -= bytes.length;
    bytes.copy(page, upper);
    page.writeUInt16LE(upper, PAGE_HEADER + 2 * i);
  }
  page.writeBigUInt64LE(BigInt(number), PAGE.number);
  page.writeUInt16LE(isBranch ? BRANCH : LEAF, PAGE.flags);
  page.writeUInt16LE(PAGE_HEADER + 2 * nodes.length, PAGE.lower);
  page.writeUInt16LE(upper, PAGE.upper);
  return page;
}

function withoutKey({ bytes }: Node): Buffer {
  const head = Buffer.from(bytes.subarray(0, NODE_HEADER));
  head.writeUInt16LE(0, 6);
  return head;
}

/** A value on pages of its own. */
export function overflowPages(number: number, value: Uint8Array): Buffer {
  const count = Math.ceil((PAGE_HEADER + value.byteLength) / PAGE_SIZE);
  const pages = Buffer.alloc(count * PAGE_SIZE);
  pages.writeBigUInt64LE(BigInt(number), PAGE.number);
  pages.writeUInt16LE(OVERFLOW, PAGE.flags);
  pages.writeUInt32LE(count, PAGE.overflowCount);
  pages.set(value, PAGE_HEADER);
  return pages;
}

/** The two pages of metadata: an empty file, then the tree as its first transaction. */
export function metaPages(tree: Tree, overflows: number): Buffer {
  return Buffer.concat([metaPage(0, undefined, 0), metaPage(1, tree, overflows)]);
}

function metaPage(number: 0 | 1, tree: Tree | undefined, overflows: number): Buffer {
  const page = Buffer.alloc(PAGE_SIZE);
  page.writeBigUInt64LE(BigInt(number), PAGE.number);
  page.writeUInt16LE(META, PAGE.flags);
  page.writeUInt32LE(MAGIC, META_PAGE.magic);
  page.writeUInt32LE(VERSION, META_PAGE.version);
  page.writeBigUInt64LE(MAP_SIZE, META_PAGE.mapSize);
  page.writeUInt32LE(PAGE_SIZE, META_PAGE.free + DATABASE.padding);
  page.writeUInt16LE(INTEGER_KEYS, META_PAGE.free + DATABASE.flags);
  page.writeBigUInt64LE(NO_PAGE, META_PAGE.free + DATABASE.root);
  const main = page.subarray(META_PAGE.main, META_PAGE.lastPage);
  main.writeUInt16LE(tree?.depth ?? 0, DATABASE.depth);
  main.writeBigUInt64LE(BigInt(tree?.branches ?? 0), DATABASE.branches);
  main.writeBigUInt64LE(BigInt(tree?.leaves ?? 0), DATABASE.leaves);
  main.writeBigUInt64LE(BigInt(overflows), DATABASE.overflows);
  main.writeBigUInt64LE(BigInt(tree?.entries ?? 0), DATABASE.entries);
  main.writeBigUInt64LE(tree ? BigInt(tree.root) : NO_PAGE, DATABASE.root);
  page.writeBigUInt64LE(BigInt((tree?.nextPage ?? 2) - 1), META_PAGE.lastPage);
  page.writeBigUInt64LE(BigInt(number), META_PAGE.transaction);
  return page;
}

function even(length: number): number {
  return length + (length % 2);
}
