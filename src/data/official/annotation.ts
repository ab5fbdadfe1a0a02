/** A line of `{split}_texts.jsonl`. */
import { dataFault } from '../faults.ts';
import type { Id, TextRecord } from '../types.ts';
import { parseLine, printLine } from './json-line.ts';

/** The names that older downloads of the official sets have. */
const NAMES = {
  id: ['text_id', 'query_id'],
  text: ['text', 'query_text'],
  imageIds: ['image_ids', 'item_ids'],
} as const;

/**
 * The text that a line of annotations describes. `image_ids` may be left out, as in test sets.
 *
 * @throws TUWEN_DATA_INVALID (not-json, no-field, bad-field) with the line
 */
export function parseAnnotation(json: string, path: string, line: number): TextRecord {
  const record = parseLine(json);
  if (record === undefined) throw dataFault(path, 'not-json', { line, about: json.slice(0, 60) });
  const fields = { ...record };
  const take = (names: readonly string[]): unknown => {
    const name = names.find((each) => fields[each] !== undefined) ?? names[0]!;
    const value = fields[name];
    delete fields[name];
    return value;
  };
  const bad = (name: string, value: unknown) =>
    value === undefined
      ? dataFault(path, 'no-field', { line, about: name })
      : dataFault(path, 'bad-field', { line, about: name });
  const id = take(NAMES.id);
  if (!isId(id)) throw bad('text_id', id);
  const text = take(NAMES.text);
  if (!['string', 'number', 'bigint'].includes(typeof text)) throw bad('text', text);
  const imageIds = take(NAMES.imageIds) ?? [];
  if (!Array.isArray(imageIds) || !imageIds.every(isId)) throw bad('image_ids', imageIds);
  return { id, text: String(text), imageIds, fields, path, line, json };
}

/** A text as a line of annotations, without its end. */
export function annotationLine({ id, text, imageIds, fields }: Omit<TextRecord, 'path'>): string {
  return printLine({ text_id: id, text, image_ids: imageIds, ...fields });
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'bigint' || Number.isSafeInteger(value);
}
