import { TuwenError } from '../../base/index.ts';

/** A byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909) over bytes, as CLIP uses it. */
export interface Merges {
  /** Number of symbols: every id is below it. */
  readonly size: number;
  /** The id of each byte's symbol within a word; at a word's end it is 256 more. */
  readonly bytes: Uint16Array;
  /** `rankOf(left, right)` of two symbols that stand together: the smaller, the sooner they merge; undefined: never. */
  rankOf(left: number, right: number): number | undefined;
  /** The id of a text's first and last token, the two highest. */
  readonly start: number;
  readonly end: number;
}

/** What marks the end of a word in a file of merges. */
const WORD_END = '</w>';
/** Symbols before the merged ones: every byte, within a word and at its end. */
export const BYTE_SYMBOLS = 512;
/** Symbols after them: the start and the end of a text. */
export const SPECIAL_SYMBOLS = 2;

/**
 * Reads the text of a `merges.txt`: on each line two symbols that merge, the sooner the earlier; bytes are written as
 * characters in the way of GPT-2. A first line with `#version:` is a heading. Ids: bytes, bytes at a word's end, merged
 * symbols in their order, start, end.
 *
 * @throws TUWEN_VOCABULARY_INVALID
 */
export function readMerges(text: string): Merges {
  const lines = mergeLines(text);
  const order = byteOrder();
  const characters = charactersOf(order);
  const ids = new Map(
    [...characters, ...characters.map((character) => character + WORD_END)].map((s, id) => [s, id]),
  );
  const ranks = new Map<number, number>();
  lines.forEach((line, rank) => {
    const [left = '', right = '', ...rest] = line.split(' ');
    const [a, b] = [ids.get(left), ids.get(right)];
    const merged = left + right;
    if (a === undefined || b === undefined || rest.length > 0 || ids.has(merged))
      throw invalid(`its merge ${rank + 1} is ${JSON.stringify(line.slice(0, 100))}`);
    ids.set(merged, BYTE_SYMBOLS + rank);
    ranks.set(pairKey(a, b), rank);
  });
  const bytes = new Uint16Array(256);
  order.forEach((byte, id) => {
    bytes[byte] = id;
  });
  const start = BYTE_SYMBOLS + lines.length;
  return {
    size: start + SPECIAL_SYMBOLS,
    bytes,
    rankOf: (left, right) => ranks.get(pairKey(left, right)),
    start,
    end: start + 1,
  };
}

/** The lines of a `merges.txt` that are merges. */
export function mergeLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  if (lines[0]?.includes('#version:')) lines.shift();
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Two symbols as one number. */
function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

/** Bytes in the order of their ids: the visible ones of Latin-1, then the others. */
function byteOrder(): number[] {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  return [...all.filter(isVisible), ...all.filter((byte) => !isVisible(byte))];
}

function isVisible(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
}

/** How files of merges write each of these bytes: a visible one as itself, the others from U+0100 on. */
function charactersOf(bytes: readonly number[]): string[] {
  const visible = bytes.filter(isVisible).length;
  return bytes.map((byte, i) => String.fromCodePoint(isVisible(byte) ? byte : 256 + i - visible));
}

function invalid(reason: string) {
  return new TuwenError('TUWEN_VOCABULARY_INVALID', { reason });
}
