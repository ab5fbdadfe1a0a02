import { idOf } from '../files/id.ts';
import { fileFault, recordLines } from '../files/lines.ts';
import { type PythonValue, parsePython } from '../python/index.ts';
import type { SetText } from './types.ts';

/**
 * The texts of an official annotation file, `{"text_id": …, "text": …, "image_ids": […]}` a line; everything else of a
 * line is kept as its fields.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID with the line
 */
export async function* annotationTexts(path: string): AsyncGenerator<SetText> {
  for await (const { text: json, number: line } of recordLines(path)) {
    const record = parsePython(json);
    if (!(record instanceof Map)) throw fileFault(path, { fault: 'not-json', line });
    const id = idOf(record.get('text_id'));
    if (id === undefined) throw fileFault(path, { fault: 'no-id', line, got: 'text_id' });
    const listed: unknown = record.get('image_ids');
    const imageIds = Array.isArray(listed) ? listed.map((each: PythonValue) => idOf(each)) : [undefined];
    if (imageIds.includes(undefined)) throw fileFault(path, { fault: 'no-answers', line, got: 'image_ids' });
    const { text, text_id, image_ids, ...fields } = JSON.parse(json) as Record<string, unknown>;
    yield { id, text: String(text ?? ''), imageIds: imageIds as never, path, line, fields };
  }
}
