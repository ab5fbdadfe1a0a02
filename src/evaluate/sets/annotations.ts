import { TuwenError } from '../../base/index.ts';
import type { FeatureTable } from '../features/index.ts';
import type { Id } from '../files/id.ts';
import { fileFault } from '../files/lines.ts';
import type { Answer } from '../retrieval/answers.ts';
import type { RetrievalSet, SetText } from './types.ts';

/** The texts of a set, held in memory. */
export interface Annotations {
  readonly texts: readonly SetText[];
  /** One for each text, in its order. */
  readonly answers: readonly Answer[];
}

/** Reads the texts of a set. Throws TUWEN_EVALUATION_FILE_INVALID where an id occurs twice or there are no texts. */
export async function readAnnotations(set: RetrievalSet): Promise<Annotations> {
  const texts: SetText[] = [];
  const seen = new Set<Id>();
  for await (const text of set.texts()) {
    const { id, path, line } = text;
    if (seen.has(id)) {
      throw fileFault(path, { fault: 'duplicate-id', got: id, ...(line !== undefined && { line }) });
    }
    seen.add(id);
    texts.push(text);
  }
  if (texts.length === 0) throw fileFault(set.path, { fault: 'no-lines' });
  const answers = texts.map(({ id, imageIds, line }) => ({
    query: id,
    answers: imageIds,
    ...(line !== undefined && { line }),
  }));
  return { texts, answers };
}

/** The fields, other than id, text and pictures, that texts have. */
export function fieldsOf({ texts }: Annotations): Set<string> {
  return new Set(texts.flatMap(({ fields }) => Object.keys(fields ?? {})));
}

/** Throws TUWEN_BAD_ARGUMENT where figures are to be grouped by a field that no text has. */
export function checkFields(all: readonly Annotations[], fields: readonly string[]): void {
  if (fields.length === 0) return;
  const known = new Set(all.flatMap((each) => [...fieldsOf(each)]));
  const unknown = fields.find((field) => !known.has(field));
  if (unknown === undefined) return;
  const expected = known.size > 0 ? [...known].join(', ') : '–';
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'groupBy', got: unknown, expected });
}

/** Throws where a text names a picture that is not there. */
export function checkAnswers(
  { texts }: Annotations,
  pictures: ReadonlySet<Id> | ReadonlyMap<Id, unknown>,
): void {
  for (const { imageIds, path, line } of texts) {
    const unknown = imageIds.find((id) => !pictures.has(id));
    if (unknown !== undefined) {
      throw fileFault(path, { fault: 'unknown-id', got: unknown, ...(line !== undefined && { line }) });
    }
  }
}

/** Throws where a text has no vector. */
export function checkFeatures({ texts }: Annotations, { places }: FeatureTable): void {
  const missing = texts.find(({ id }) => !places.has(id));
  if (missing === undefined) return;
  const { id, path, line } = missing;
  throw fileFault(path, { fault: 'missing-id', got: id, ...(line !== undefined && { line }) });
}
