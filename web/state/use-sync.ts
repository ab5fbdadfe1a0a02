/** What the server says while it brings a collection in step with its folders. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Progress } from '../../src/base/index.ts';
import type { Failure, SyncReport } from '../../src/search/index.ts';
import { ApiError } from '../api/client.ts';
import { eventsPlace, startSync } from '../api/routes.ts';

export interface Sync {
  /** Undefined while nothing is under way. */
  readonly progress: Progress | undefined;
  /** Of the run that ended last since the page was opened. */
  readonly report: SyncReport | undefined;
  readonly failures: readonly Failure[];
  readonly error: Error | undefined;
  start(): void;
  /** Puts away what the last run said. */
  dismiss(): void;
}

const NOTHING = {
  progress: undefined,
  report: undefined,
  failures: [] as readonly Failure[],
  error: undefined,
};

type State = {
  readonly progress: Progress | undefined;
  readonly report: SyncReport | undefined;
  readonly failures: readonly Failure[];
  readonly error: Error | undefined;
};

/** Follows a collection; `whenDone` is called after each run. */
export function useSync(collection: string | undefined, whenDone: () => void): Sync {
  const [state, setState] = useState<State>(NOTHING);
  const isRunning = useRef(false);
  useEffect(() => {
    if (collection === undefined) return;
    setState(NOTHING);
    isRunning.current = false;
    const source = new EventSource(eventsPlace(collection));
    const on = <T>(type: string, react: (data: T) => void) =>
      source.addEventListener(type, (event) => react(JSON.parse((event as MessageEvent<string>).data)));
    on<{ progress: Progress }>('progress', ({ progress }) => {
      const isNew = !isRunning.current;
      isRunning.current = true;
      setState((before) => ({ ...(isNew ? NOTHING : before), progress }));
    });
    on<Failure>('failure', (failure) =>
      setState((before) => ({ ...before, failures: [...before.failures, failure] })),
    );
    // Whoever begins to listen is told how the last run ended, which is no news.
    const end = (ended: Partial<State>) => {
      if (!isRunning.current) return;
      isRunning.current = false;
      setState((before) => ({ ...before, ...ended, progress: undefined }));
      whenDone();
    };
    on<{ report: SyncReport }>('done', ({ report }) => end({ report }));
    source.addEventListener('error', (event) => {
      // The browser's own error, of the connection, has no data; it connects again by itself.
      if (!(event instanceof MessageEvent)) return;
      const { code, message } = JSON.parse(event.data) as { code: string; message: string };
      end({ error: new ApiError(0, code, message) });
    });
    return () => source.close();
  }, [collection, whenDone]);
  const start = useCallback(() => {
    if (collection === undefined) return;
    startSync(collection).catch((error: Error) => setState({ ...NOTHING, error }));
  }, [collection]);
  const dismiss = useCallback(() => setState(NOTHING), []);
  return { ...state, start, dismiss };
}
