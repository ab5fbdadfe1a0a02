import { folderWriter } from '../folder/write.ts';
import { lmdbWriter } from '../lmdb/write-split.ts';
import { tsvWriter } from '../official/write-tsv.ts';
import { parquetWriter } from '../parquet/write.ts';
import type { Form } from '../types.ts';
import { webDatasetWriter } from '../webdataset/write.ts';
import type { FormWriter } from './types.ts';

/** The writer of each form. */
export const WRITERS: Readonly<Record<Form, FormWriter>> = {
  tsv: tsvWriter,
  lmdb: lmdbWriter,
  webdataset: webDatasetWriter,
  parquet: parquetWriter,
  folder: folderWriter,
};
