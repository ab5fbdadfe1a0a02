import type { Vocabulary } from './vocabulary.ts';

/**
 * Appends the ids of one word to `out`: greedy, longest piece first, pieces after the first looked up with `##`. A word
 * of more than `maxLength` code points, or with any part that no piece covers, is one `[UNK]`.
 */
export function appendPieces(word: string, vocabulary: Vocabulary, maxLength: number, out: number[]): void {
  const whole = vocabulary.ids.get(word);
  if (whole !== undefined && word.length <= maxLength) {
    out.push(whole);
    return;
  }
  const characters = [...word];
  const before = out.length;
  let start = characters.length > maxLength ? -1 : 0;
  while (start >= 0 && start < characters.length) {
    start = appendLongest(characters, start, vocabulary, out);
  }
  if (start < 0) {
    out.length = before;
    out.push(vocabulary.unknown);
  }
}

/** Appends the longest piece that begins at `start`; returns where it ends, or -1 where there is none. */
function appendLongest(characters: string[], start: number, vocabulary: Vocabulary, out: number[]): number {
  for (let end = characters.length; end > start; end--) {
    const piece = (start > 0 ? '##' : '') + characters.slice(start, end).join('');
    const id = vocabulary.ids.get(piece);
    if (id !== undefined) {
      out.push(id);
      return end;
    }
  }
  return -1;
}
