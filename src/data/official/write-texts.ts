import { join } from 'node:path';
import type { TextRecord } from '../types.ts';
import { AppendFile } from '../write/append-file.ts';
import { annotationLine } from './annotation.ts';

/** Writes `{split}_texts.jsonl`: lines of annotations as they were, others as Python's `json.dumps` would. */
export async function openTextsWriter(folder: string, split: string, length: unknown) {
  const file = await AppendFile.open(join(folder, `${split}_texts.jsonl`), length as number | undefined);
  return {
    text: (text: TextRecord) => file.append(`${text.json ?? annotationLine(text)}\n`),
    flush: () => file.flush(),
    close: () => file.close(),
  };
}
