import { join, resolve } from 'node:path';
import { acquireLock, type Lock, TuwenError, throwIfAborted } from '../base/index.ts';
import type { Clip } from '../clip/index.ts';
import { findDuplicates } from './duplicates.ts';
import { absoluteFolders, type ScopedSyncOptions, syncFolders } from './ingest/sync.ts';
import { isWithin } from './ingest/walk.ts';
import { follow } from './ingest/watch.ts';
import type { Notes } from './notes.ts';
import { idsOf, queryVector } from './query-vector.ts';
import type { VectorStore } from './stores/store.ts';
import type { Collection, Query, SearchOptions, SearchResults, SyncOptions, SyncReport } from './types.ts';
import { parseWhere } from './where/index.ts';

export interface CollectionParts {
  readonly name: string;
  /** As users name the store. */
  readonly address: string;
  readonly folder: string;
  readonly store: VectorStore;
  readonly notes: Notes;
  readonly clip: Clip | undefined;
}

const TOP = 20;
const PAGE = 1000;
/** How often a waiting process asks for the lock, in milliseconds. */
const ASK_EVERY = 250;

export function createCollection(parts: CollectionParts): Collection {
  const { name, address, store, notes, clip } = parts;
  let closing: Promise<void> | undefined;

  const checkOpen = (): void => {
    if (closing) throw new TuwenError('TUWEN_COLLECTION_CLOSED', { collection: name });
  };
  const model = (): Clip => {
    if (clip === undefined) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
    return clip;
  };

  /** One process at a time changes a collection. */
  async function locked<T>({ wait, signal }: SyncOptions, work: () => Promise<T>): Promise<T> {
    const lock: Lock = await acquireLock(join(parts.folder, 'lock'), {
      ...(wait && { waitEvery: ASK_EVERY }),
      ...(signal && { signal }),
    });
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async function syncIn(folders: readonly string[], options: ScopedSyncOptions): Promise<SyncReport> {
    checkOpen();
    const target = { name, store, notes, clip: model() };
    throwIfAborted('run', options.signal);
    const given = await absoluteFolders(folders);
    return locked(options, async () => {
      const roots = await absoluteFolders([...notes.folders(), ...given]);
      notes.addFolders(given);
      return syncFolders(target, roots, options);
    });
  }

  const collection: Collection = {
    name,

    async info() {
      checkOpen();
      const identity = await store.model();
      const count = await store.count();
      return { name, ...(identity && { model: identity }), count, folders: notes.folders(), store: address };
    },

    sync: (folders = [], options = {}) => syncIn(folders, options),

    async watch(folders = [], options) {
      const { onSync, ...rest } = options;
      // Whoever else works on the collection will have done by and by.
      await follow(
        (scopes, onFolder) => syncIn(folders, { ...rest, wait: true, onFolder, ...(scopes && { scopes }) }),
        {
          ...(options.signal && { signal: options.signal }),
          ...(onSync && { onSync }),
        },
      );
    },

    async forget(folder) {
      checkOpen();
      // The folder may be gone, or be a link by now.
      const root = await absoluteFolders([folder]).then(
        ([path]) => path!,
        () => resolve(folder),
      );
      return locked({}, async () => {
        notes.removeFolder(root);
        const kept = notes.folders();
        let removed = 0;
        for (let after = ''; ; ) {
          const page = await store.list({ after, limit: PAGE });
          if (page.length === 0) return removed;
          after = page.at(-1)!.id;
          const gone = page.filter(({ path }) => isWithin(path, [root]) && !isWithin(path, kept));
          await store.delete(gone.map(({ id }) => id));
          removed += gone.length;
        }
      });
    },

    async search(query: Query, options: SearchOptions = {}): Promise<SearchResults> {
      checkOpen();
      const { top = TOP, offset = 0, minScore, signal } = options;
      wholeNumber('top', top);
      wholeNumber('offset', offset);
      const where = options.where === undefined ? undefined : parseWhere(options.where);
      const vector = await queryVector(query, { name, store, clip, ...(signal && { signal }) });
      throwIfAborted('run', signal);
      const named = idsOf(query);
      const found = await store.search(vector, { top: offset + top + named.size, ...(where && { where }) });
      const others = found.filter(({ item }) => !named.has(item.id));
      const good = others.filter(({ score }) => minScore === undefined || score >= minScore);
      const results = good.slice(offset, offset + top).map(({ item, score }) => ({ ...item, score }));
      return { results, total: await store.count(where) };
    },

    async get(id) {
      checkOpen();
      const [item] = await store.get([id]);
      return item;
    },

    async *duplicates(options = {}) {
      checkOpen();
      yield* findDuplicates(store, options);
    },

    close() {
      closing ??= (async () => {
        notes.close();
        await store.close();
      })();
      return closing;
    },
    [Symbol.asyncDispose]: () => collection.close(),
  };
  return collection;
}

function wholeNumber(name: string, got: number): void {
  if (Number.isInteger(got) && got >= 0 && got <= 1e9) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected: 'a whole number of at least 0' });
}
