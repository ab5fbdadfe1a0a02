/** Where pictures stand in the grid. Sizes in CSS pixels. */
export interface Layout {
  readonly columns: number;
  /** The side of a picture's square. */
  readonly cell: number;
  readonly gap: number;
  /** Of a picture, its caption and the gap below. */
  readonly rowHeight: number;
}

const WISHED = 200;
const NARROW = 560;
const GAP = 16;
const NARROW_GAP = 10;
const CAPTION = 34;

/** As many columns as fit, two on a phone. */
export function layoutOf(width: number): Layout {
  const gap = width < NARROW ? NARROW_GAP : GAP;
  const columns = Math.max(2, Math.floor((width + gap) / (WISHED + gap)));
  const cell = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  return { columns, cell, gap, rowHeight: cell + CAPTION + gap };
}

/** The place a key leads to from `from`, or undefined where it leads nowhere. */
export function moved(key: string, from: number, count: number, columns: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - columns,
    ArrowDown: from + columns,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined || next === from || next < 0 || next >= count ? undefined : next;
}
