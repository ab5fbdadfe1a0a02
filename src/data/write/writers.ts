import { lmdbWriter } from '../lmdb/write-split.ts';
import { tsvWriter } from '../official/write-tsv.ts';
import type { Form } from '../types.ts';
import type { FormWriter } from './types.ts';

/** The writer of each form. */
export const WRITERS: Readonly<Partial<Record<Form, FormWriter>>> = {
  tsv: tsvWriter,
  lmdb: lmdbWriter,
};
