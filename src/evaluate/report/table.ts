/** A table before it is Markdown or HTML. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table of Markdown; columns of numbers stand to the right. */
export function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, i) => (isNumeric(rows, i) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export function htmlTable({ head, rows }: Table): string {
  const cells = (name: 'th' | 'td', row: readonly string[]) =>
    row.map((cell, i) => `<${name}${isNumeric(rows, i) ? ' class="number"' : ''}>${html(cell)}</${name}>`);
  const body = rows.map((row) => `<tr>${cells('td', row).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${cells('th', head).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** Whether a column holds numbers, with an interval perhaps, or nothing. */
function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  return rows.length > 0 && rows.every((row) => /^(|—|[-+−]?\d+(\.\d+)?( \[.*\])?)$/.test(row[column] ?? ''));
}

/** A text as it can stand in HTML, in quotes too. */
export function html(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** `52.1` */
export function percentage(value: number): string {
  return value.toFixed(1);
}

/** `+1.2 [−0.3, +2.5]` */
export function differenceText({ value, low, high }: { value: number; low: number; high: number }): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return text === '0.0' ? '0.0' : `${value < 0 ? '−' : '+'}${text}`;
}
