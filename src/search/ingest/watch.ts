/** Following changes: each folder is watched by itself, since watching every file reaches the system's limits. */
import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { dirname } from 'node:path';
import { isTuwenError } from '../../base/index.ts';
import type { SyncReport } from '../types.ts';

/** How long a folder must be quiet, in milliseconds: files that are being written change again and again. */
const QUIET = 500;
/** Where it never is, changes are taken in after this time. */
const LONGEST = 10_000;
/** Everything is looked at again this often: network drives tell of no changes. */
const ALL_AGAIN = 15 * 60_000;

export interface FollowOptions {
  readonly signal?: AbortSignal;
  readonly onSync?: (report: SyncReport) => void;
}

/** Takes in changes in some folders, or in all; tells of every folder it looked into. */
type Sync = (
  scopes: readonly string[] | undefined,
  onFolder: (folder: string) => void,
) => Promise<SyncReport>;

/** Runs `sync`, then again for the folders in which something changes, until `signal` aborts. */
export async function follow(sync: Sync, { signal, onSync }: FollowOptions): Promise<void> {
  const watchers = new Map<string, FSWatcher>();
  let changed = new Set<string>();
  let wake = () => {};

  const change = (folder: string) => {
    changed.add(folder);
    wake();
  };
  const watch = (folder: string) => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watchFolder(folder, () => change(folder));
      const end = () => {
        watcher.close();
        watchers.delete(folder);
        change(dirname(folder));
      };
      watcher.on('error', end);
      watchers.set(folder, watcher);
    } catch {
      // Where a folder cannot be watched it is found out when everything is looked at again.
    }
  };
  const stop = () => wake();
  signal?.addEventListener('abort', stop);

  try {
    let scopes: readonly string[] | undefined;
    let all = performance.now() + ALL_AGAIN;
    for (;;) {
      try {
        onSync?.(await sync(scopes, watch));
      } catch (error) {
        if (signal?.aborted) return;
        // A folder that vanished between is its parent's business, which has changed as well.
        if (scopes === undefined || !isTuwenError(error, 'TUWEN_FILE_MISSING')) throw error;
      }
      await somethingToDo(all);
      if (signal?.aborted) return;
      scopes = performance.now() < all ? [...changed] : undefined;
      if (scopes === undefined) all = performance.now() + ALL_AGAIN;
      changed = new Set();
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    for (const watcher of watchers.values()) watcher.close();
  }

  /** Waits for a change and then for quiet, for the time when all is looked at, or for the end. */
  async function somethingToDo(all: number): Promise<void> {
    if (changed.size === 0) await pause(all - performance.now());
    const latest = Math.min(all, performance.now() + LONGEST);
    while (!signal?.aborted && performance.now() < latest && (await pause(QUIET)));
  }

  /** Until `wake` is called, which is true, or the time is over. */
  function pause(time: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve(false);
      const timer = setTimeout(() => resolve(false), Math.max(0, time));
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
