import { basename, dirname, join } from 'node:path';
import { entriesOf } from '../files/entries.ts';
import type { FoundSplit } from '../forms.ts';
import { openAnnotations } from '../official/annotation-file.ts';
import { openHalves } from '../set/data-set.ts';
import { openLmdbPictures } from './picture-source.ts';
import { openLmdbTexts } from './text-source.ts';

/** Beside `{split}_texts.jsonl`: the ids of the pictures in their original order, which LMDB does not keep. */
export const orderName = (split: string): string => `${split}_imgs.ids`;

/**
 * The splits of a folder with `lmdb/{split}/imgs` and `pairs`, of the folder `lmdb` itself, or the one split of such a
 * pair.
 */
export async function findLmdb(path: string): Promise<FoundSplit[]> {
  if (await isPair(path)) return [found(path, basename(path), path, [])];
  const { files, folders } = await entriesOf(path);
  const root = folders.includes('lmdb') ? join(path, 'lmdb') : path;
  const splits: FoundSplit[] = [];
  for (const split of (await entriesOf(root)).folders) {
    if (await isPair(join(root, split))) splits.push(found(path, split, join(root, split), files));
  }
  return splits;
}

async function isPair(folder: string): Promise<boolean> {
  const { folders } = await entriesOf(folder);
  return folders.includes('imgs') && folders.includes('pairs');
}

/** A split whose LMDBs are in `folder`; `files` lie in `path`, and may be its annotations and its order. */
function found(path: string, split: string, folder: string, files: readonly string[]): FoundSplit {
  const beside = (name: string) => (files.includes(name) ? join(path, name) : undefined);
  const annotations = beside(`${split}_texts.jsonl`);
  return {
    split,
    form: 'lmdb',
    open: () =>
      openHalves(
        { path: path === folder ? dirname(path) : path, form: 'lmdb', split },
        async () =>
          openLmdbTexts(
            join(folder, 'pairs'),
            annotations === undefined ? undefined : await openAnnotations(annotations),
          ),
        () => openLmdbPictures(join(folder, 'imgs'), beside(orderName(split))),
      ),
  };
}
