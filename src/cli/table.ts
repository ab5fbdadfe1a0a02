import { bar, cells, padEnd, padStart, type Style, shortened } from './terminal.ts';

const BAR_CELLS = 24;
const NAME_CELLS = 40;

export interface BarRow {
  readonly name: string;
  /** The length of the bar, from 0 to 1. */
  readonly share: number;
  /** What stands behind the bar. */
  readonly values: readonly string[];
}

/** Rows of names, bars and values in columns, the longest bar's row highlighted; `titles` are those of the columns. */
export function barTable(rows: readonly BarRow[], style: Style, titles: readonly string[] = []): string[] {
  const names = rows.map(({ name }) => shortened(name.replace(/\s+/g, ' '), NAME_CELLS));
  const nameWidth = Math.max(...[...names, titles[0] ?? ''].map(cells));
  const widths = rows[0]!.values.map((_, i) =>
    Math.max(...[...rows.map(({ values }) => values[i]!), titles[i + 1] ?? ''].map(cells)),
  );
  const aligned = (values: readonly string[]) =>
    values.map((value, i) => padStart(value, widths[i]!)).join('  ');
  const best = rows.reduce((leader, { share }, i) => (share > rows[leader]!.share ? i : leader), 0);
  const body = rows.map(({ share, values }, i) => {
    const row = `${padEnd(names[i]!, nameWidth)}  ${bar(share, BAR_CELLS)}  ${aligned(values)}`;
    return i === best ? style.good(`▸ ${row}`) : `  ${row}`;
  });
  if (titles.length === 0) return body;
  const head = `  ${padEnd(titles[0]!, nameWidth)}  ${' '.repeat(BAR_CELLS)}  ${aligned(titles.slice(1))}`;
  return [style.dim(head), ...body];
}

/** Rows in columns under titles, the first to the left, the others to the right. */
export function alignedTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = titles.map((title, i) => Math.max(...[title, ...rows.map((row) => row[i]!)].map(cells)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? padEnd : padStart)(cell, widths[i]!)).join('  ');
  return [style.dim(line(titles)), ...rows.map(line)];
}

/** `98.2%` */
export function percent(probability: number): string {
  return `${(probability * 100).toFixed(1)}%`;
}
