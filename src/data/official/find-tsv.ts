import { basename, dirname, join } from 'node:path';
import { entriesOf } from '../files/entries.ts';
import type { FoundSplit } from '../forms.ts';
import { openHalves } from '../set/data-set.ts';
import { openAnnotations } from './annotation-file.ts';
import { openTsv } from './tsv-file.ts';

const PICTURES = /^(.+)_imgs\.tsv$/;

/** The splits of a folder with `{split}_imgs.tsv` and `{split}_texts.jsonl`; of such a `.tsv` alone, its own. */
export async function findTsv(path: string): Promise<FoundSplit[]> {
  const alone = PICTURES.test(basename(path));
  const folder = alone ? dirname(path) : path;
  const { files } = await entriesOf(folder);
  const splits = files.flatMap((name) => PICTURES.exec(name)?.[1] ?? []);
  return splits
    .filter((split) => !alone || basename(path) === `${split}_imgs.tsv`)
    .map((split) => ({
      split,
      form: 'tsv',
      open: () =>
        openHalves(
          { path: folder, form: 'tsv', split },
          () => openAnnotations(join(folder, `${split}_texts.jsonl`)),
          () => openTsv(join(folder, `${split}_imgs.tsv`)),
        ),
    }));
}
