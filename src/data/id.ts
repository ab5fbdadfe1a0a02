import type { Id } from './types.ts';

/** Whole numbers as Python prints them: those alone stay themselves as numbers and as text. */
const WHOLE = /^(0|-?[1-9]\d*)$/;

/** The id that a text stands for: a whole number where it is written as one, else the text. */
export function idOf(text: string): Id {
  if (!WHOLE.test(text)) return text;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** An id as the text that keys of LMDB and TSV files have: the same for 5 and '5'. */
export function idKey(id: Id): string {
  return String(id);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Compares texts by the bytes of their UTF-8: the order of an LMDB's keys. */
export function compareKeys(a: string, b: string): number {
  // Only characters beyond 16 bits sort otherwise in UTF-16.
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
