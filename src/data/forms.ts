import { findFolder } from './folder/find.ts';
import { findLmdb } from './lmdb/find.ts';
import { findTsv } from './official/find-tsv.ts';
import { findParquet } from './parquet/find.ts';
import type { DataSet, Form } from './types.ts';
import { findWebDataset } from './webdataset/find.ts';

/** A split that was found, not yet opened. */
export interface FoundSplit {
  readonly split: string;
  readonly form: Form;
  open(): Promise<DataSet>;
}

/** How the splits of each form are found at an absolute path; none where it holds no such form. */
export const FORMS: readonly (readonly [Form, (path: string) => Promise<FoundSplit[]>])[] = [
  ['tsv', findTsv],
  ['lmdb', findLmdb],
  ['webdataset', findWebDataset],
  ['parquet', findParquet],
  ['folder', findFolder],
];
