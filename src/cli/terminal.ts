/** What a terminal can show: colours, cells, bars, wrapped lines. */

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Colours where the stream is a terminal and NO_COLOR is unset; otherwise the text as it is. */
export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  const coloured = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const sgr = (on: number, off: number) => (text: string) =>
    coloured && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), good: sgr(32, 39), bad: sgr(31, 39) };
}

const ESCAPE = /\x1b\[[\d;]*m/g;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many cells a text takes: two for a Chinese character, none for marks and colours. */
export function cells(text: string): number {
  let count = 0;
  for (const character of text.replace(ESCAPE, '')) {
    if (!ZERO.test(character)) count += WIDE.test(character) ? 2 : 1;
  }
  return count;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - cells(text))) + text;
}

/** At most `width` cells of a text without colours, the rest as `…`. */
export function shortened(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (cells(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar for a share between 0 and 1, in eighths of a cell, padded to `width` cells. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8) || 0;
  return ('█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]).padEnd(width);
}

/** Where a line may break: after white space, and around Chinese characters but not before their punctuation. */
const CHUNK = /[\p{Script=Han}][\p{P}\uff01-\uff60]*\s*|(?:(?![\p{Script=Han}\s])[\s\S])+\s*|\s+/gu;

/** Breaks the lines of a text so that each fits into `width` cells. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const chunk of text.match(CHUNK) ?? []) {
    if (line !== '' && cells(line + chunk.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += chunk;
  }
  return [...lines, line].join('\n');
}
