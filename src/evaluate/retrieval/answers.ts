import { type Id, idOf } from '../files/id.ts';
import { fileFault, recordLines } from '../files/lines.ts';
import { type PythonValue, parsePython } from '../python/index.ts';

/** Which way is searched: pictures for a text (`t2i`), or texts for a picture (`i2t`). */
export type Direction = 't2i' | 'i2t';

/** What the official files call the query and the answers of a direction. */
export const FIELDS = {
  t2i: { query: 'text_id', answers: 'image_ids' },
  i2t: { query: 'image_id', answers: 'text_ids' },
} as const satisfies Record<Direction, { query: string; answers: string }>;

/** A query with what answers it: any of these counts. */
export interface Answer {
  readonly query: Id;
  readonly answers: readonly Id[];
  /** Its line in the file it came from, from 1; absent where it came from no file. */
  readonly line?: number;
}

/**
 * Reads annotations: `{"text_id": …, "image_ids": […]}` a line, or `{"image_id": …, "text_ids": […]}`.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID with the line
 */
export async function readAnswers(path: string, direction: Direction): Promise<Answer[]> {
  const { query, answers } = FIELDS[direction];
  const seen = new Set<Id>();
  const list: Answer[] = [];
  for await (const { text, number: line } of recordLines(path)) {
    const record = parsePython(text);
    if (!(record instanceof Map)) throw fileFault(path, { fault: 'not-json', line });
    const id = idOf(record.get(query));
    if (id === undefined) throw fileFault(path, { fault: 'no-id', line, got: query });
    if (seen.has(id)) throw fileFault(path, { fault: 'duplicate-id', line, got: id });
    seen.add(id);
    const ids = idList(record.get(answers));
    if (ids === undefined) throw fileFault(path, { fault: 'no-answers', line, got: answers });
    list.push({ query: id, answers: ids, line });
  }
  return list;
}

function idList(value: PythonValue | undefined): Id[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ids = (value as readonly PythonValue[]).map(idOf);
  return ids.every((id) => id !== undefined) ? (ids as Id[]) : undefined;
}

/** The direction of an annotation file, by the field its first line has. */
export async function directionOf(path: string): Promise<Direction> {
  for await (const { text, number: line } of recordLines(path)) {
    const record = parsePython(text);
    if (!(record instanceof Map)) throw fileFault(path, { fault: 'not-json', line });
    if (record.has(FIELDS.t2i.answers)) return 't2i';
    if (record.has(FIELDS.i2t.answers)) return 'i2t';
    throw fileFault(path, { fault: 'no-answers', line, got: FIELDS.t2i.answers });
  }
  throw fileFault(path, { fault: 'no-lines' });
}

/**
 * Answers the other way round: what `transform_ir_annotation_to_tr.py` makes of an annotation file. Queries come in the
 * order in which they occur first.
 */
export function turned(answers: readonly Answer[]): Answer[] {
  const queries = new Map<Id, Id[]>();
  for (const { query, answers: ids } of answers) {
    for (const id of ids) {
      const known = queries.get(id);
      if (known) known.push(query);
      else queries.set(id, [query]);
    }
  }
  return [...queries].map(([query, ids]) => ({ query, answers: ids }));
}
