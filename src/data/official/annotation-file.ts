import { TuwenError } from '../../base/index.ts';
import { recordLines, scannedLines } from '../files/lines.ts';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import type { TextSource } from '../set/sources.ts';
import type { Pair, TextRecord } from '../types.ts';
import { parseAnnotation } from './annotation.ts';

/** Where each line of annotations begins, and how many pairs precede it. */
interface Index {
  readonly offsets: Float64Array;
  /** One more than there are lines: the last is the number of pairs. */
  readonly pairsBefore: Float64Array;
}

/** The texts of `{split}_texts.jsonl`. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function openAnnotations(path: string): Promise<TextSource> {
  const file = await openStoredFile(path);
  let index: Promise<Index> | undefined;
  const indexed = () => (index ??= indexOf(file));
  return {
    files: [path],
    texts: () => textsOf(file),
    scan: () =>
      scannedLines(file, ({ bytes, number }) => parseAnnotation(bytes.toString('utf8'), path, number)),
    async counts() {
      const { offsets, pairsBefore } = await indexed();
      return { texts: offsets.length, pairs: pairsBefore.at(-1)! };
    },
    async pair(place) {
      const { offsets, pairsBefore } = await indexed();
      checkPlace(place, pairsBefore.at(-1)!);
      const line = lastAtMost(pairsBefore, place);
      const text = await textAt(file, offsets[line]!, line + 1);
      return pairOf(text, place - pairsBefore[line]!);
    },
    close: () => file.close(),
  };
}

async function* textsOf(file: StoredFile): AsyncGenerator<TextRecord> {
  for await (const { bytes, number } of recordLines(file)) {
    yield parseAnnotation(bytes.toString('utf8'), file.path, number);
  }
}

async function textAt(file: StoredFile, offset: number, number: number): Promise<TextRecord> {
  for await (const { bytes } of recordLines(file, { offset, number })) {
    return parseAnnotation(bytes.toString('utf8'), file.path, number);
  }
  throw new TuwenError('TUWEN_FILE_UNREADABLE', { path: file.path, reason: `no line ${number}` });
}

async function indexOf(file: StoredFile): Promise<Index> {
  const offsets: number[] = [];
  const pairsBefore = [0];
  for await (const { bytes, number, offset } of recordLines(file)) {
    const { imageIds } = parseAnnotation(bytes.toString('utf8'), file.path, number);
    offsets.push(offset);
    pairsBefore.push(pairsBefore.at(-1)! + imageIds.length);
  }
  return { offsets: Float64Array.from(offsets), pairsBefore: Float64Array.from(pairsBefore) };
}

/** The last place of a rising list whose value is at most `value`. */
export function lastAtMost(rising: Float64Array, value: number): number {
  let [low, high] = [0, rising.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (rising[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Throws TUWEN_BAD_ARGUMENT where there is no such pair. */
export function checkPlace(place: number, count: number): void {
  if (Number.isInteger(place) && place >= 0 && place < count) return;
  const expected = count === 0 ? 'nothing: there are no pairs' : `a whole number below ${count}`;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'index', got: place, expected });
}

/** One of the pairs of a text. */
export function pairOf({ id, text, imageIds }: TextRecord, which: number): Pair {
  return { imageId: imageIds[which]!, textId: id, text };
}
