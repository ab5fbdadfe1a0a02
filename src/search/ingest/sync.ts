/** Keeping a collection in step with folders. */
import { realpath, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileError, progressMeter, type TuwenError, throwIfAborted } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import { checkModel } from '../identity.ts';
import type { Notes } from '../notes.ts';
import type { VectorStore } from '../stores/store.ts';
import type { Failure, SyncOptions, SyncReport } from '../types.ts';
import { openDecoders } from './decoders.ts';
import { survey } from './survey.ts';
import { takeIn } from './take-in.ts';
import { isWithin } from './walk.ts';

/** What a sync works on. */
export interface Target {
  readonly name: string;
  readonly store: VectorStore;
  readonly notes: Notes;
  readonly clip: Clip;
}

export interface ScopedSyncOptions extends SyncOptions {
  /** Looks only into these folders, and all below them. */
  readonly scopes?: readonly string[];
  /** Told of each folder before it is looked into. */
  readonly onFolder?: (folder: string) => void;
}

const BATCH = 8;
const MOST_DECODERS = 8;
const PAGE = 1000;

/**
 * The absolute paths of folders, links in them resolved, so that one folder has one name.
 * Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE.
 */
export async function absoluteFolders(folders: readonly string[]): Promise<string[]> {
  const paths = folders.map(async (folder) => {
    try {
      const path = await realpath(resolve(folder));
      if (!(await stat(path)).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
      return path;
    } catch (error) {
      throw fileError(folder, error);
    }
  });
  return [...new Set(await Promise.all(paths))];
}

/** Walks `roots`, takes in what is new or changed, and removes what is gone. */
export async function syncFolders(
  target: Target,
  roots: readonly string[],
  options: ScopedSyncOptions,
): Promise<SyncReport> {
  const { name, store, notes, clip } = target;
  const { signal, onProgress, scopes, onFolder } = options;
  await checkModel(name, store, clip, { claim: true });
  if (options.retry) notes.forgetFailures();
  const failed = new Map<string, Failure>();
  const onFailure = (path: string, code: string, error?: TuwenError) => {
    if (!failed.has(path) && error) options.onFailure?.(path, error);
    failed.set(path, { path, code });
  };
  const looked = progressMeter('file', undefined, onProgress);
  const found = await survey(store, notes, {
    roots,
    ...(scopes && { scopes }),
    ...(signal && { signal }),
    ...(onFolder && { onFolder }),
    onFiles: looked.advance,
    onFailure,
  });
  const decoderCount = options.decoders ?? Math.min(MOST_DECODERS, availableParallelism());
  const decoders = openDecoders(decoderCount, clip.info.pixels);
  try {
    const taken = await takeIn(target, {
      batchSize: options.batchSize ?? BATCH,
      decoders,
      decoderCount,
      onFailure,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
    const removed = await sweep(store, notes, scopes ?? roots, found.unreadable, signal);
    await optimise(store, options);
    if (scopes === undefined) notes.keepFailures([...failed.keys()]);
    const { added, updated } = taken;
    return {
      added,
      updated,
      removed,
      unchanged: found.unchanged + taken.unchanged,
      failed: [...failed.values()],
    };
  } finally {
    await decoders.close();
  }
}

/** Removes items below `roots` whose files were not seen this time. */
async function sweep(
  store: VectorStore,
  notes: Notes,
  roots: readonly string[],
  unreadable: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let removed = 0;
  for (let after = ''; ; ) {
    throwIfAborted('run', signal);
    const page = await store.list({ after, limit: PAGE });
    if (page.length === 0) return removed;
    after = page.at(-1)!.id;
    const candidates = page.filter(
      ({ path }) => isWithin(path, roots) && !(unreadable.length > 0 && isWithin(path, unreadable)),
    );
    const gone = notes.unseen(candidates.map(({ id }) => id));
    if (gone.length > 0) await store.delete(gone);
    removed += gone.length;
  }
}

async function optimise(store: VectorStore, { signal, onProgress }: SyncOptions): Promise<void> {
  let meter: ReturnType<typeof progressMeter> | undefined;
  let before = 0;
  await store.optimise({
    ...(signal && { signal }),
    onProgress(done, total) {
      meter ??= progressMeter('vector', total, onProgress);
      meter.advance(done - before);
      before = done;
    },
  });
}
