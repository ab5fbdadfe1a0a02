/** The results of one search, page by page. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Hit, type SearchRequest, search } from '../api/routes.ts';

const PAGE = 60;

export interface Results {
  readonly hits: readonly Hit[];
  /** How many pictures the filters let through; undefined before the first answer. */
  readonly total: number | undefined;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly error: Error | undefined;
  /** Asks for the next page; does nothing while one is on its way. */
  more(): void;
}

const NOTHING = {
  hits: [] as readonly Hit[],
  total: undefined,
  isLoading: false,
  hasMore: false,
  error: undefined,
};

type State = Omit<Results, 'more'> & {
  readonly total: number | undefined;
  readonly error: Error | undefined;
};

export function useSearch(request: SearchRequest | undefined): Results {
  const [state, setState] = useState<State>(NOTHING);
  const next = useRef<(() => void) | undefined>(undefined);
  // Requests are made anew on each render; what they say is what counts.
  const said = JSON.stringify(request);
  useEffect(() => {
    setState(NOTHING);
    if (said === undefined) return;
    const asked = JSON.parse(said) as SearchRequest;
    const leaving = new AbortController();
    let hits: readonly Hit[] = [];
    async function load() {
      next.current = undefined;
      setState((before) => ({ ...before, isLoading: true, error: undefined }));
      try {
        const page = await search(asked, { offset: hits.length, top: PAGE }, leaving.signal);
        hits = [...hits, ...page.results];
        const hasMore = page.results.length === PAGE;
        if (hasMore) next.current = load;
        setState({ hits, total: page.total, isLoading: false, hasMore, error: undefined });
      } catch (error) {
        if (leaving.signal.aborted) return;
        next.current = load;
        setState((before) => ({ ...before, isLoading: false, error: error as Error }));
      }
    }
    void load();
    return () => {
      next.current = undefined;
      leaving.abort();
    };
  }, [said]);
  const more = useCallback(() => next.current?.(), []);
  return { ...state, more };
}
