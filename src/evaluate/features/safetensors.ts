import { openTemporaryFile, TuwenError } from '../../base/index.ts';
import { bytesOf } from './bytes.ts';
import type { Journal, JournalRow } from './journal.ts';

/** The longest header that readers of the format accept. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * A safetensors file with `image_features` and `text_features`, each [rows, dim] in float32, as far as there are any.
 * The metadata `image_names` and `text_names` are JSON lists of what the rows belong to.
 */
export async function writeSafetensors(path: string, journal: Pick<Journal, 'rows'>): Promise<void> {
  const names = { image: [] as string[], text: [] as string[] };
  let dim = 0;
  for await (const { field, name, vector } of journal.rows()) {
    dim = vector.length;
    names[towerOf(field)].push(name);
  }
  const header = featuresHeader(names, dim);
  if (header.byteLength > MAX_HEADER_BYTES) {
    const reason = `${header.byteLength} bytes of names`;
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason });
  }
  await using file = await openTemporaryFile(path);
  await file.append(header);
  for (const tower of TOWERS) {
    for await (const { field, vector } of journal.rows()) {
      if (towerOf(field) === tower) await file.append(bytesOf(vector));
    }
  }
  await file.commit();
}

const TOWERS = ['image', 'text'] as const;

function towerOf(field: JournalRow['field']): (typeof TOWERS)[number] {
  return field.startsWith('image') ? 'image' : 'text';
}

/** Eight bytes of length, then JSON padded with spaces to a multiple of eight. */
function featuresHeader(
  names: Readonly<Record<(typeof TOWERS)[number], readonly string[]>>,
  dim: number,
): Uint8Array {
  const metadata: Record<string, string> = {};
  const entries: Record<string, object> = {};
  let end = 0;
  for (const tower of TOWERS) {
    const count = names[tower].length;
    if (count === 0) continue;
    const begin = end;
    end += count * dim * 4;
    entries[`${tower}_features`] = { dtype: 'F32', shape: [count, dim], data_offsets: [begin, end] };
    metadata[`${tower}_names`] = `[${names[tower].join(', ')}]`;
  }
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...entries }));
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(header, 8);
  return header;
}
