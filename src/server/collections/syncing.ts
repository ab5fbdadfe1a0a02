/** Keeps a collection in step with its folders when it is asked to, and tells everyone who listens how far it is. */
import { isTuwenError, type Progress } from '../../base/index.ts';
import type { Collection, SyncReport } from '../../search/index.ts';

export type SyncEvent =
  | { readonly type: 'idle' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'failure'; readonly path: string; readonly code: string }
  | { readonly type: 'done'; readonly report: SyncReport }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

export interface Syncing {
  /** Begins, unless it is at it already. */
  start(): void;
  /** Calls `listener` with what is now, and from then on with what comes. Returns what ends that. */
  listen(listener: (event: SyncEvent) => void): () => void;
  /** Stops what is under way, and what listens. */
  stop(): Promise<void>;
  readonly isRunning: boolean;
}

export function createSyncing(collection: Collection): Syncing {
  const listeners = new Set<(event: SyncEvent) => void>();
  const stopping = new AbortController();
  let latest: SyncEvent = { type: 'idle' };
  let running: Promise<void> | undefined;

  const tell = (event: SyncEvent) => {
    if (event.type !== 'failure') latest = event;
    for (const listener of listeners) listener(event);
  };

  async function run(): Promise<void> {
    tell({ type: 'progress', progress: { unit: 'image', done: 0, rate: 0 } });
    try {
      const report = await collection.sync([], {
        signal: stopping.signal,
        onProgress: (progress) => tell({ type: 'progress', progress }),
        onFailure: (path, error) => tell({ type: 'failure', path, code: codeOf(error) }),
      });
      tell({ type: 'done', report });
    } catch (error) {
      tell({ type: 'error', code: codeOf(error), message: (error as Error).message });
    } finally {
      running = undefined;
    }
  }

  return {
    start() {
      if (!stopping.signal.aborted) running ??= run();
    },
    listen(listener) {
      listener(latest);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopping.abort();
      await running;
      listeners.clear();
    },
    get isRunning() {
      return running !== undefined;
    },
  };
}

function codeOf(error: unknown): string {
  return isTuwenError(error) ? error.code : 'TUWEN_INTERNAL';
}
