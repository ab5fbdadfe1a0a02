/** Tables of pictures and captions beside picture files: JSON lines or CSV, one record at a time. */
import { isAbsolute, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { dataFault } from '../faults.ts';
import { recordLines } from '../files/lines.ts';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import { idOf } from '../id.ts';
import { parseLine } from '../official/json-line.ts';
import { captionsIn } from '../set/captioned.ts';
import type { Id } from '../types.ts';

/** By these names, in this order. */
export const TABLES = ['metadata.jsonl', 'captions.jsonl', 'metadata.csv', 'captions.csv'];

const FILE_FIELDS = ['file_name', 'filename', 'file', 'image', 'image_path', 'path'];
const READ_BYTES = 2 ** 16;
const MAX_RECORD = 2 ** 24;

/** A record of a table. */
export interface TableRow {
  /** The picture's path, from the table's folder, and whole. */
  readonly name: string;
  readonly picture: string;
  readonly id: Id;
  readonly captions: readonly string[];
  readonly base64: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly line: number;
}

interface Record_ {
  readonly record: Record<string, unknown>;
  readonly line: number;
}

/** The records of a table. Throws TUWEN_DATA_INVALID with the line. */
export async function* tableRows(folder: string, table: string): AsyncGenerator<TableRow> {
  const path = join(folder, table);
  const file = await openStoredFile(path);
  try {
    const records = table.endsWith('.csv') ? csvRecords(file) : jsonRecords(file);
    for await (const { record, line } of records) yield rowOf(folder, path, record, line);
  } finally {
    await file.close();
  }
}

async function* jsonRecords(file: StoredFile): AsyncGenerator<Record_> {
  for await (const { bytes, number: line } of recordLines(file)) {
    const record = parseLine(bytes.toString('utf8'));
    if (record === undefined) throw dataFault(file.path, 'not-json', { line });
    yield { record, line };
  }
}

async function* csvRecords(file: StoredFile): AsyncGenerator<Record_> {
  const parser = parse({ bom: true, columns: true, info: true, max_record_size: MAX_RECORD });
  const source = Readable.from(chunksOf(file));
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser)) yield { record, line: info.lines };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw dataFault(file.path, 'bad-table', {
      line: (cause as { lines?: number }).lines,
      about: cause.code,
      cause,
    });
  } finally {
    source.destroy();
  }
}

async function* chunksOf(file: StoredFile): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.size; at += READ_BYTES) yield await file.read(at, READ_BYTES);
}

function rowOf(folder: string, path: string, record: Record<string, unknown>, line: number): TableRow {
  const field = FILE_FIELDS.find((each) => typeof record[each] === 'string');
  if (field === undefined) throw dataFault(path, 'no-field', { line, about: FILE_FIELDS.join(', ') });
  const {
    [field]: name,
    image_id,
    base64,
    ...rest
  } = record as Record<string, unknown> & { [name: string]: string };
  const picture = join(folder, name!);
  const inside = relative(folder, picture);
  if (isAbsolute(name!) || inside === '' || inside.startsWith('..')) {
    throw dataFault(path, 'outside-folder', { line, about: name! });
  }
  const { captions, fields } = captionsIn(rest);
  const id =
    image_id === undefined || image_id === ''
      ? idOf(name!)
      : typeof image_id === 'string'
        ? idOf(image_id)
        : (image_id as Id);
  return { name: name!, picture, id, captions, base64, fields, line };
}
