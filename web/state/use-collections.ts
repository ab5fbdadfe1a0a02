/** The collections of the server, once its model is loaded. */
import { useCallback, useEffect, useState } from 'react';
import { ApiError, UNREACHABLE } from '../api/client.ts';
import { type Collection, collections, isReady } from '../api/routes.ts';

export interface Collections {
  /** Undefined before the first answer. */
  readonly list: readonly Collection[] | undefined;
  readonly isModelLoading: boolean;
  readonly error: Error | undefined;
  reload(): void;
}

const PATIENCE = 1000;

export function useCollections(): Collections {
  const [list, setList] = useState<readonly Collection[]>();
  const [isModelLoading, setModelLoading] = useState(false);
  const [error, setError] = useState<Error>();
  const [times, setTimes] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again each time it is told to
  useEffect(() => {
    const leaving = new AbortController();
    async function load() {
      while (!(await isReady(leaving.signal))) {
        setModelLoading(true);
        await new Promise((resolve) => setTimeout(resolve, PATIENCE));
        leaving.signal.throwIfAborted();
      }
      setModelLoading(false);
      setList(await collections(leaving.signal));
      setError(undefined);
    }
    load().catch((reason: Error) => {
      if (leaving.signal.aborted) return;
      setError(reason instanceof ApiError ? reason : new ApiError(0, UNREACHABLE, reason.message));
    });
    return () => leaving.abort();
  }, [times]);
  const reload = useCallback(() => setTimes((before) => before + 1), []);
  return { list, isModelLoading, error, reload };
}
