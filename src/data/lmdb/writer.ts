import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFault } from '../faults.ts';
import { AppendFile, writing } from '../write/append-file.ts';
import { entryBytes, sortedEntries } from './entry-log.ts';
import { MAX_KEY } from './layout.ts';
import { isBig, metaPages, overflowPages, PAGE_SIZE } from './page-bytes.ts';
import { writeTree } from './tree-writer.ts';

/** Writes an LMDB from entries in any order, with bounded memory. */
export interface LmdbWriter {
  /** Throws TUWEN_DATA_INVALID where LMDB takes no such key. */
  put(key: string, value: Uint8Array): Promise<void>;
  /** Makes what was put safe; from its numbers another writer goes on. */
  checkpoint(): Promise<LmdbState>;
  /** Sorts the entries and completes the file. Throws TUWEN_DATA_INVALID where a key occurs twice. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** How long the files are, in bytes. */
export interface LmdbState {
  readonly data: number;
  readonly log: number;
}

/** Opens a writer of `data.mdb` in a folder, made where there is none. Large values are written as they come. */
export async function openLmdbWriter(folder: string, state?: LmdbState): Promise<LmdbWriter> {
  await writing(folder, () => mkdir(folder, { recursive: true }));
  const data = await AppendFile.open(join(folder, 'data.mdb'), state?.data);
  const log = await AppendFile.open(join(folder, 'entries'), state?.log);
  if (data.length === 0) await data.append(Buffer.alloc(2 * PAGE_SIZE));
  return {
    async put(name, value) {
      const key = Buffer.from(name);
      if (key.length === 0 || key.length > MAX_KEY) throw dataFault(data.path, 'bad-field', { about: name });
      if (!isBig(key, value.byteLength)) {
        return log.append(entryBytes({ key, value: Buffer.from(value) }));
      }
      const page = data.length / PAGE_SIZE;
      await data.append(overflowPages(page, value));
      await log.append(entryBytes({ key, value: { page, length: value.byteLength } }));
    },
    checkpoint: async () => ({ data: await data.flush(), log: await log.flush() }),
    async finish() {
      await log.flush();
      const firstPage = data.length / PAGE_SIZE;
      const tree = await writeTree(data, sortedEntries(log.path), firstPage);
      await data.overwrite(metaPages(tree, firstPage - 2), 0);
      await data.flush();
      await rm(log.path);
    },
    close: async () => void (await Promise.all([data.close(), log.close()])),
  };
}
