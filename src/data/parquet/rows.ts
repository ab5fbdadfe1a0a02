/** Rows of Parquet files with pictures: one row group in memory at a time. */
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { dataFault } from '../faults.ts';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import { idOf } from '../id.ts';
import { spelled } from '../pictures/spelling.ts';
import { type Caption, captionsIn } from '../set/captioned.ts';
import type { Id, Picture } from '../types.ts';

/** The largest group of rows, and the largest description of a file, in bytes. */
const MAX_GROUP = 2 ** 31;
const MAX_METADATA = 2 ** 27;
const PICTURE_COLUMNS = ['image', 'img', 'picture', 'image_bytes', 'bytes', 'jpg'];
const ID_COLUMNS = ['image_id', 'id', 'key'];

/** A picture of a row with its captions. */
export interface PictureRow {
  readonly picture: Picture;
  readonly captions: readonly Caption[];
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of files, one after another. Throws TUWEN_DATA_INVALID. */
export async function* parquetRows(
  paths: readonly string[],
  withPictures: boolean,
): AsyncGenerator<PictureRow> {
  let place = 0;
  for (const path of paths) {
    const file = await openStoredFile(path);
    try {
      const metadata = await metadataOf(file);
      const names = columnsOf(metadata, path);
      const columns = withPictures ? undefined : namesBut(metadata, names.picture);
      let row = 0;
      for (const group of groupsOf(metadata, path)) {
        for (const record of await rowsOf(file, metadata, group, columns)) {
          yield rowOf(path, row++, idIn(record, names.id) ?? place, record, names);
          place += 1;
        }
      }
    } finally {
      await file.close();
    }
  }
}

interface Columns {
  readonly picture: string;
  readonly id: string | undefined;
}

function columnsOf(metadata: FileMetaData, path: string): Columns {
  const names = topLevel(metadata);
  const picture = PICTURE_COLUMNS.find((name) => names.includes(name));
  if (picture === undefined) throw dataFault(path, 'no-field', { about: PICTURE_COLUMNS.join(', ') });
  return { picture, id: ID_COLUMNS.find((name) => names.includes(name)) };
}

/** The columns of the table, not those inside them. */
function topLevel({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  for (let i = 1; i < schema.length; ) {
    names.push(schema[i]!.name);
    let rest = 1;
    while (rest > 0 && i < schema.length) rest += (schema[i++]!.num_children ?? 0) - 1;
  }
  return names;
}

function namesBut(metadata: FileMetaData, left: string): string[] {
  return topLevel(metadata).filter((name) => name !== left);
}

async function metadataOf(file: StoredFile): Promise<FileMetaData> {
  const tail = await file.read(Math.max(0, file.size - 8), 8);
  const length = tail.length === 8 ? tail.readUInt32LE(0) : Number.POSITIVE_INFINITY;
  if (tail.toString('latin1', 4) !== 'PAR1' || length > Math.min(MAX_METADATA, file.size - 8)) {
    throw dataFault(file.path, 'bad-table');
  }
  return parquetMetadataAsync(bufferOf(file), { geoparquet: false }).catch((cause) => {
    throw dataFault(file.path, 'bad-table', { cause });
  });
}

interface Group {
  readonly rowStart: number;
  readonly rowEnd: number;
}

function* groupsOf({ row_groups }: FileMetaData, path: string): Generator<Group> {
  let rowStart = 0;
  for (const { num_rows, total_byte_size } of row_groups) {
    if (total_byte_size > MAX_GROUP || num_rows < 0) throw dataFault(path, 'bad-table');
    const rowEnd = rowStart + Number(num_rows);
    yield { rowStart, rowEnd };
    rowStart = rowEnd;
  }
}

async function rowsOf(
  file: StoredFile,
  metadata: FileMetaData,
  group: Group,
  columns: string[] | undefined,
): Promise<Row[]> {
  if (columns?.length === 0) return Array.from({ length: group.rowEnd - group.rowStart }, () => ({}));
  try {
    return await parquetReadObjects({
      ...{ file: bufferOf(file), metadata, ...group, compressors, utf8: false, geoparquet: false },
      ...(columns && { columns }),
    });
  } catch (cause) {
    throw dataFault(file.path, 'bad-table', { about: `row ${group.rowStart}`, cause });
  }
}

function bufferOf(file: StoredFile): AsyncBuffer {
  return {
    byteLength: file.size,
    async slice(start, end = file.size) {
      const bytes = await file.read(start, end - start);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
}

function rowOf(path: string, row: number, id: Id, record: Row, names: Columns): PictureRow {
  const { [names.picture]: stored, base64, ...rest } = record;
  const { captions, fields } = captionsIn(texts(rest));
  const bytes = async () => bytesIn(stored) ?? (await bytesAt(path, row, names.picture));
  const picture: Picture = {
    ...{ id, path, source: `${path} (${row}: ${id})`, bytes },
    base64: async () => spelled(await bytes(), base64),
  };
  return { picture, captions: captions.map((text) => ({ imageIds: [id], text, fields, path })) };
}

/** A picture's bytes, alone or in the structure that Hugging Face's data sets have. */
function bytesIn(stored: unknown): Uint8Array | undefined {
  const bytes = stored instanceof Uint8Array ? stored : (stored as { bytes?: unknown } | undefined)?.bytes;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** Reads a picture alone: its row, found again. */
async function bytesAt(path: string, row: number, column: string): Promise<Uint8Array> {
  const file = await openStoredFile(path);
  try {
    const metadata = await metadataOf(file);
    const [record] = await rowsOf(file, metadata, { rowStart: row, rowEnd: row + 1 }, [column]);
    const bytes = bytesIn(record?.[column]);
    if (bytes === undefined) throw dataFault(path, 'no-picture', { about: `row ${row}` });
    return bytes;
  } finally {
    await file.close();
  }
}

function idIn(record: Row, name: string | undefined): Id | undefined {
  const value = name === undefined ? undefined : texts({ id: record[name] }).id;
  return typeof value === 'string'
    ? idOf(value)
    : typeof value === 'bigint' || Number.isSafeInteger(value)
      ? idOf(String(value))
      : undefined;
}

/** Texts that a file does not mark as such come as bytes. */
function texts(record: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    ]),
  );
}
