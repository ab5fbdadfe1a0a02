import { join } from 'node:path';
import { entriesOf } from '../files/entries.ts';
import type { FoundSplit } from '../forms.ts';
import { isPictureName } from '../pictures/kinds.ts';
import { captionedTexts } from '../set/captioned.ts';
import { openHalves } from '../set/data-set.ts';
import { samplePictures } from '../set/sample-pictures.ts';
import { textsBeside } from '../set/shards.ts';
import {
  classCaptions,
  filePictures,
  filesBelow,
  tableCaptions,
  tablePictures,
  textCaptions,
} from './pictures.ts';
import { TABLES } from './table.ts';

const SPLITS = new Set(['train', 'valid', 'val', 'validation', 'dev', 'test']);

/**
 * The splits of a folder of pictures: its folders `train`, `valid`, `test` and the like, or those with
 * `{split}_texts.jsonl` beside them; otherwise the folder is one split, `train`.
 */
export async function findFolder(path: string): Promise<FoundSplit[]> {
  const { files, folders } = await entriesOf(path);
  const isFlat = files.some((name) => isPictureName(name) || TABLES.includes(name));
  const splits = folders.filter((name) => SPLITS.has(name) || files.includes(`${name}_texts.jsonl`));
  const chosen: FoundSplit[] = [];
  if (isFlat || splits.length === 0)
    return (await hasPictures(path)) ? [found(path, 'train', path, files)] : [];
  for (const split of splits) {
    if (await hasPictures(join(path, split))) chosen.push(found(path, split, join(path, split), files));
  }
  return chosen;
}

async function hasPictures(folder: string): Promise<boolean> {
  const { files } = await entriesOf(folder);
  if (files.some((name) => isPictureName(name) || TABLES.includes(name))) return true;
  return (await filesBelow(folder)).some(isPictureName);
}

function found(path: string, split: string, folder: string, beside: readonly string[]): FoundSplit {
  return {
    split,
    form: 'folder',
    async open() {
      const { files } = await entriesOf(folder);
      const table = TABLES.find((name) => files.includes(name));
      const identity = { path, form: 'folder', split } as const;
      const annotations = await textsBeside(path, split, beside);
      if (table !== undefined) {
        const texts = annotations ?? captioned([join(folder, table)], () => tableCaptions(folder, table));
        return openHalves(
          identity,
          async () => texts,
          async () => samplePictures(() => tablePictures(folder, table)),
        );
      }
      const all = await filesBelow(folder);
      const withTexts = all.some((name) => !isPictureName(name));
      const captions = withTexts ? textCaptions : classCaptions;
      const texts = annotations ?? captioned([], () => captions(folder, all));
      return openHalves(
        identity,
        async () => texts,
        async () => samplePictures(() => filePictures(folder, all)),
      );
    },
  };
}

function captioned(files: readonly string[], captions: Parameters<typeof captionedTexts>[1]) {
  return captionedTexts(files, captions, async () => {});
}
