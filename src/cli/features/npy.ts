import { openTemporaryFile } from '../../base/index.ts';
import { bytesOf } from './bytes.ts';
import { type FeatureWriter, nameJson } from './record.ts';

/** The header keeps this length whatever the number of rows, so that rows can be written before they are counted. */
const HEADER_BYTES = 128;

/**
 * NumPy's file format 1.0: little-endian float32, [rows, dim] in C order. The names of the rows go into
 * `<path without .npy>.names.json`, a list in the order of the rows.
 */
export async function npyWriter(path: string): Promise<FeatureWriter> {
  const file = await openTemporaryFile(path);
  const names = await openTemporaryFile(namesPath(path)).catch(async (error) => {
    await file.discard();
    throw error;
  });
  await file.append(npyHeader(0, 0));
  let rows = 0;
  let dim = 0;
  return {
    async write({ name, vector }) {
      dim = vector.length;
      await file.append(bytesOf(vector));
      await names.append(`${rows === 0 ? '[' : ','}\n${nameJson(name)}`);
      rows += 1;
    },
    async finish() {
      await names.append(rows === 0 ? '[]\n' : '\n]\n');
      await file.overwrite(npyHeader(rows, dim));
      await names.commit();
      await file.commit();
    },
    async discard() {
      await names.discard();
      await file.discard();
    },
  };
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
