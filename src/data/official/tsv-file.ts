import { dataFault } from '../faults.ts';
import { type Line, recordLines, scannedLines } from '../files/lines.ts';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import { idKey, idOf } from '../id.ts';
import { inKeyOrder } from '../set/key-order.ts';
import type { PictureSource } from '../set/sources.ts';
import type { Picture } from '../types.ts';
import { decodeBase64 } from './base64.ts';

const TAB = 9;
/** What Python strips from the end of a line, of ASCII. */
const BLANKS = new Set([9, 10, 11, 12, 13, 28, 29, 30, 31, 32]);

/** Where a picture's line is. */
interface Place {
  readonly offset: number;
  readonly number: number;
}

/** The pictures of `{split}_imgs.tsv`. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function openTsv(path: string): Promise<PictureSource> {
  const file = await openStoredFile(path);
  let index: Promise<Map<string, Place>> | undefined;
  const indexed = () => (index ??= indexOf(file));
  const at = async (key: string) => {
    const place = (await indexed()).get(key);
    return place && pictureAt(file, place);
  };
  return {
    count: async () => (await indexed()).size,
    pictures: (order) => (order === 'file' ? tsvPictures(file) : inKeyOrder(indexed, at)),
    scan: () => scannedLines(file, (line) => pictureOf(path, line)),
    picture: (id) => at(idKey(id)),
    close: () => file.close(),
  };
}

/** The pictures of a TSV file, line by line. Throws TUWEN_DATA_INVALID with the line. */
export async function* tsvPictures(file: StoredFile): AsyncGenerator<Picture> {
  for await (const line of recordLines(file)) yield pictureOf(file.path, line);
}

async function pictureAt(file: StoredFile, place: Place): Promise<Picture | undefined> {
  for await (const line of recordLines(file, place)) return pictureOf(file.path, line);
  return undefined;
}

async function indexOf(file: StoredFile): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  for await (const line of recordLines(file)) {
    const { key } = parts(file.path, line);
    if (places.has(key)) {
      throw dataFault(file.path, 'duplicate-picture', { line: line.number, about: key });
    }
    places.set(key, { offset: line.offset, number: line.number });
  }
  return places;
}

function pictureOf(path: string, row: Line): Picture {
  const { key, base64 } = parts(path, row);
  const line = row.number;
  return {
    id: idOf(key),
    source: `${path}:${line} (${key})`,
    path,
    line,
    async bytes() {
      const bytes = decodeBase64(base64);
      if (bytes === undefined) throw dataFault(path, 'bad-base64', { line, about: key });
      return bytes;
    },
    base64: async () => base64,
  };
}

/** A line's id and base64, as the official script takes them apart. */
function parts(path: string, { bytes, number: line }: Line): { key: string; base64: Buffer } {
  const tab = bytes.indexOf(TAB);
  const key = tab < 0 ? '' : bytes.toString('utf8', 0, tab).trimStart();
  const base64 = withoutBlanks(bytes.subarray(tab + 1));
  if (key === '' || base64.length === 0 || base64.includes(TAB)) {
    throw dataFault(path, 'not-id-and-picture', { line, about: bytes.toString('utf8', 0, 40) });
  }
  return { key, base64 };
}

/** Without the blanks at its end, as Python strips a line. */
function withoutBlanks(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && BLANKS.has(bytes[end - 1]!)) end -= 1;
  return bytes.subarray(0, end);
}
