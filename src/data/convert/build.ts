import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isTuwenError, TuwenError } from '../../base/index.ts';
import { lmdbOnlyWriter } from '../lmdb/write-split.ts';
import { splitsOf } from '../open.ts';
import { type ConvertOptions, convertDataSet, convertWith } from './convert.ts';
import type { ConvertReport } from './report.ts';

/**
 * Makes what the official scripts read: in `output`, TSV files and annotations, and LMDBs under `lmdb`. Of a folder that
 * has the TSV files already, only the LMDBs, in its own `lmdb` where no output is named: what the official
 * `build_lmdb_dataset.py` does. Errors as `convertDataSet`; TUWEN_BAD_ARGUMENT where an output is needed.
 */
export async function buildDataSet(
  input: string,
  output: string | undefined,
  options: ConvertOptions = {},
): Promise<readonly ConvertReport[]> {
  const found = await splitsOf(input, options.form);
  const form = found[0]!.form;
  if (form === 'tsv') {
    const folder = output === undefined ? join(input, 'lmdb') : output;
    return [await convertWith(lmdbOnlyWriter, input, folder, { ...options, form })];
  }
  if (output === undefined) {
    throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'output', got: output, expected: 'a folder' });
  }
  const texts = await convertDataSet(input, output, { ...options, to: 'tsv' }).catch((error) => {
    // An earlier run was stopped after it.
    if (isTuwenError(error, 'TUWEN_DATA_EXISTS') && existsSync(join(output, 'lmdb.partial')))
      return undefined;
    throw error;
  });
  const { splits } = options;
  const rest = {
    ...options,
    skipBroken: false,
    form: 'tsv',
    splits: splits ?? found.map(({ split }) => split),
  } as const;
  const lmdbs = await convertWith(lmdbOnlyWriter, output, join(output, 'lmdb'), rest);
  return [...(texts ? [texts] : []), lmdbs];
}
