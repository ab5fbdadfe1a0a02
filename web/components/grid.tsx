import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Hit } from '../api/routes.ts';
import { useTexts } from '../state/preferences.tsx';
import { Card } from './card.tsx';
import { type Layout, layoutOf, moved } from './layout.ts';

/** How many rows are drawn beyond what is seen, and how many before the end the next page is asked for. */
const OVERSCAN = 3;
const AHEAD = 4;

interface GridProps {
  readonly collection: string;
  readonly hits: readonly Hit[];
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly onOpen: (index: number) => void;
  readonly onSimilar: (hit: Hit) => void;
}

/** Any number of pictures: only those near the window are in the document. */
export function Grid({ collection, hits, hasMore, onMore, onOpen, onSimilar }: GridProps) {
  const texts = useTexts();
  const list = useRef<HTMLUListElement>(null);
  const { layout, top } = useLayout(list);
  const rows = useWindowVirtualizer({
    count: Math.ceil(hits.length / layout.columns),
    estimateSize: () => layout.rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are of another layout then
  useEffect(() => rows.measure(), [layout]);

  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  const isNearEnd = hasMore && (last + 1 + AHEAD) * layout.columns >= hits.length;
  useEffect(() => {
    if (isNearEnd) onMore();
  }, [isNearEnd, onMore]);

  const [reached, setReached] = useState(0);
  const [isMoving, setMoving] = useState(false);
  useEffect(() => {
    if (!isMoving) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-index="${reached}"] .open`);
    if (!button) return;
    button.focus({ preventScroll: true });
    setMoving(false);
  });
  const move = (event: KeyboardEvent) => {
    const next = moved(event.key, reached, hits.length, layout.columns);
    if (next === undefined) return;
    event.preventDefault();
    setReached(next);
    setMoving(true);
    rows.scrollToIndex(Math.floor(next / layout.columns), { align: 'auto' });
  };

  const shown = seen.flatMap(({ index: row, start }) =>
    hits.slice(row * layout.columns, (row + 1) * layout.columns).map((hit, column) => ({
      hit,
      index: row * layout.columns + column,
      x: column * (layout.cell + layout.gap),
      y: start - top,
    })),
  );
  return (
    <ul
      ref={list}
      id="pictures"
      className="grid"
      aria-label={texts.search.results}
      aria-describedby="grid-keys"
      style={{ height: rows.getTotalSize() }}
      onKeyDown={move}
    >
      {shown.map(({ hit, index, x, y }) => (
        <li
          key={hit.id}
          className="card"
          data-index={index}
          aria-setsize={hasMore ? -1 : hits.length}
          aria-posinset={index + 1}
          onFocus={() => setReached(index)}
          style={{
            transform: `translate(${x}px, ${y}px)`,
            width: layout.cell,
            height: layout.rowHeight - layout.gap,
          }}
        >
          <Card
            collection={collection}
            hit={hit}
            isReached={index === reached}
            onOpen={() => onOpen(index)}
            onSimilar={() => onSimilar(hit)}
          />
        </li>
      ))}
    </ul>
  );
}

/** The layout for the width there is, and how far from the top of the page the list begins. */
function useLayout(list: { readonly current: HTMLElement | null }): { layout: Layout; top: number } {
  const [state, setState] = useState({ layout: layoutOf(1000), top: 0 });
  useLayoutEffect(() => {
    const element = list.current!;
    const measure = () => {
      const layout = layoutOf(element.clientWidth);
      const top = Math.round(element.getBoundingClientRect().top + scrollY);
      setState((before) =>
        before.top === top && JSON.stringify(before.layout) === JSON.stringify(layout)
          ? before
          : { layout, top },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What stands above the list may grow, which moves it.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return state;
}
