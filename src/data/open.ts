import { resolve } from 'node:path';
import { TuwenError } from '../base/index.ts';
import { FORMS, type FoundSplit } from './forms.ts';
import type { DataSet, Form } from './types.ts';

export interface OpenOptions {
  /** May be left out where there is one. */
  readonly split?: string;
  /** Left out: the first form of tsv, lmdb, webdataset, parquet, folder that the path holds. */
  readonly form?: Form;
}

/**
 * Opens a split of a data set; the form is recognised by what lies at `path`.
 *
 * @throws TUWEN_DATA_UNKNOWN, TUWEN_DATA_SPLIT, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, and what the form's files throw
 */
export async function openDataSet(path: string, { split, form }: OpenOptions = {}): Promise<DataSet> {
  const found = await findSplits(path, form);
  const [chosen, ...others] = split === undefined ? found : found.filter((each) => each.split === split);
  if (chosen && others.length === 0) return chosen.open();
  throw new TuwenError('TUWEN_DATA_SPLIT', { path, split, splits: found.map((each) => each.split) });
}

/** The splits of a data set, in the order of training, validation and test. Throws as `openDataSet`. */
export async function splitsOf(path: string, form?: Form): Promise<{ split: string; form: Form }[]> {
  const found = await findSplits(path, form);
  return found.map(({ split, form: its }) => ({ split, form: its }));
}

async function findSplits(path: string, form?: Form): Promise<readonly FoundSplit[]> {
  const absolute = resolve(path);
  for (const [name, find] of FORMS) {
    if (form !== undefined && form !== name) continue;
    const found = await find(absolute);
    if (found.length > 0) return [...found].sort((a, b) => rank(a.split) - rank(b.split));
  }
  throw new TuwenError('TUWEN_DATA_UNKNOWN', { path });
}

const KNOWN = ['train', 'valid', 'val', 'validation', 'dev', 'test'];

function rank(split: string): number {
  const place = KNOWN.indexOf(split);
  return place < 0 ? KNOWN.length : place;
}
