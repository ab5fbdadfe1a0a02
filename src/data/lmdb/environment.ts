/** Reading an LMDB file: pages as they are asked for, every one checked, the last few kept. */
import { join } from 'node:path';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import { type LmdbFail, lmdbFaults } from './fault.ts';
import { BRANCH, LEAF, OVERFLOW, PAGE, PAGE_HEADER } from './layout.ts';
import { type Meta, readMeta } from './meta.ts';
import { childAt, keyAt, type LeafNode, leafAt, type TreePage, treePage } from './page.ts';

/** The longest value, in bytes: a large picture in base64 fits. */
const MAX_VALUE = 2 ** 28;
/** How much of the file is kept, in bytes. */
const CACHE_BYTES = 2 ** 23;

/** An LMDB that is read: keys in the order of their bytes. */
export interface Lmdb {
  readonly path: string;
  readonly entries: number;
  get(key: string | Uint8Array): Promise<Buffer | undefined>;
  /** Every key, with a function that reads its value. */
  all(): AsyncIterable<{ key: Buffer; value(): Promise<Buffer> }>;
  close(): Promise<void>;
}

/**
 * Opens the LMDB in a folder. Its functions throw TUWEN_LMDB_INVALID where the file is not what LMDB would have written.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_LMDB_INVALID
 */
export async function openLmdb(folder: string): Promise<Lmdb> {
  const file = await openStoredFile(join(folder, 'data.mdb'));
  const fail = lmdbFaults(file.path);
  try {
    const meta = await readMeta(file, fail);
    return new Reader(file, meta, fail);
  } catch (error) {
    await file.close();
    throw error;
  }
}

class Reader implements Lmdb {
  readonly path: string;
  readonly entries: number;
  private readonly file: StoredFile;
  private readonly meta: Meta;
  private readonly fail: LmdbFail;
  /** The last pages used, the oldest first. */
  private readonly kept = new Map<number, TreePage>();

  constructor(file: StoredFile, meta: Meta, fail: LmdbFail) {
    this.file = file;
    this.meta = meta;
    this.fail = fail;
    this.path = file.path;
    this.entries = meta.entries;
  }

  async get(key: string | Uint8Array): Promise<Buffer | undefined> {
    const wanted = typeof key === 'string' ? Buffer.from(key) : key;
    if (this.meta.root === undefined) return undefined;
    let number = this.meta.root;
    for (let level = 1; level < this.meta.depth; level++) {
      const branch = await this.page(number, BRANCH);
      number = childAt(branch, this.lastAtMost(branch, wanted), this.fail);
    }
    const leaf = await this.page(number, LEAF);
    const index = this.lastAtMost(leaf, wanted);
    const node = leafAt(leaf, index, this.fail);
    return Buffer.compare(node.key, wanted) === 0 ? this.value(node) : undefined;
  }

  async *all() {
    let count = 0;
    let before: Buffer | undefined;
    for await (const leaf of this.leaves()) {
      for (let index = 0; index < leaf.count; index++) {
        const node = leafAt(leaf, index, this.fail);
        if (before && Buffer.compare(before, node.key) >= 0) {
          throw this.fail('out-of-order', node.key.toString('latin1'));
        }
        before = node.key;
        count += 1;
        if (count > this.entries) throw this.fail('too-many', `> ${this.entries}`);
        yield { key: node.key, value: () => this.value(node) };
      }
    }
    if (count !== this.entries) throw this.fail('too-many', `${count} < ${this.entries}`);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** Every leaf from left to right; the way down to it is all that is kept. */
  private async *leaves(): AsyncGenerator<TreePage> {
    const { root, depth } = this.meta;
    if (root === undefined) return;
    const way: { number: number; next: number }[] = [{ number: root, next: 0 }];
    while (way.length > 0) {
      const step = way.at(-1)!;
      if (way.length === depth) {
        yield await this.page(step.number, LEAF);
        way.pop();
        continue;
      }
      const branch = await this.page(step.number, BRANCH);
      if (step.next === branch.count) way.pop();
      else way.push({ number: childAt(branch, step.next++, this.fail), next: 0 });
    }
  }

  /** The last entry whose key is at most `wanted`; the first where all are greater. A branch's first key is empty. */
  private lastAtMost(page: TreePage, wanted: Uint8Array): number {
    let [low, high] = [0, page.count - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (Buffer.compare(keyAt(page, middle, this.fail), wanted) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async page(number: number, kind: typeof BRANCH | typeof LEAF): Promise<TreePage> {
    const found = this.kept.get(number);
    if (found) {
      this.kept.delete(number);
      this.kept.set(number, found);
      // Checked again: a hostile file may name one page as both kinds.
      return treePage(found.bytes, number, kind, this.fail);
    }
    const { pageSize } = this.meta;
    const bytes = await this.file.read(number * pageSize, pageSize);
    if (bytes.length < pageSize) throw this.fail('page-beyond-file', `page ${number}`);
    const page = treePage(bytes, number, kind, this.fail);
    this.kept.set(number, page);
    if (this.kept.size * pageSize > CACHE_BYTES) this.kept.delete(this.kept.keys().next().value!);
    return page;
  }

  private async value({ value, length, key }: LeafNode): Promise<Buffer> {
    if ('bytes' in value) return value.bytes;
    const { pageSize } = this.meta;
    const about = key.toString('latin1');
    const start = value.page * pageSize;
    if (length > MAX_VALUE) throw this.fail('value-too-long', about);
    if (!Number.isSafeInteger(start) || start + PAGE_HEADER + length > this.file.size) {
      throw this.fail('page-beyond-file', about);
    }
    const bytes = await this.file.read(start, PAGE_HEADER + length);
    if (bytes.readBigUInt64LE(PAGE.number) !== BigInt(value.page)) throw this.fail('wrong-page', about);
    if ((bytes.readUInt16LE(PAGE.flags) & OVERFLOW) === 0) throw this.fail('wrong-page', about);
    const room = bytes.readUInt32LE(PAGE.overflowCount) * pageSize - PAGE_HEADER;
    if (length > room) throw this.fail('value-too-long', about);
    return bytes.subarray(PAGE_HEADER);
  }
}
