import { openTemporaryFile } from '../../base/index.ts';
import { bytesOf } from './bytes.ts';
import type { Journal } from './journal.ts';

/** The header keeps this length whatever the number of rows, so that rows can be written before they are counted. */
const HEADER_BYTES = 128;

/**
 * NumPy's file format 1.0: little-endian float32, [rows, dim] in C order. The names of the rows go into
 * `<path without .npy>.names.json`, a list in the order of the rows.
 */
export async function writeNpy(path: string, journal: Pick<Journal, 'rows'>): Promise<void> {
  await using file = await openTemporaryFile(path);
  await using names = await openTemporaryFile(namesPath(path));
  await file.append(npyHeader(0, 0));
  let rows = 0;
  let dim = 0;
  for await (const { name, vector } of journal.rows()) {
    dim = vector.length;
    await file.append(bytesOf(vector));
    await names.append(`${rows === 0 ? '[' : ','}\n${name}`);
    rows += 1;
  }
  await names.append(rows === 0 ? '[]\n' : '\n]\n');
  await file.overwrite(npyHeader(rows, dim));
  await names.commit();
  await file.commit();
}

export function namesPath(path: string): string {
  return `${path.replace(/\.npy$/i, '')}.names.json`;
}

/** Magic, version, length, and a Python literal padded with spaces to a line. */
export function npyHeader(rows: number, dim: number): Uint8Array {
  const literal = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dim}), }`;
  const header = Buffer.alloc(HEADER_BYTES, ' ');
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(HEADER_BYTES - 10, 8);
  header.write(`${literal}`, 10, 'latin1');
  header.write('\n', HEADER_BYTES - 1, 'latin1');
  return header;
}
