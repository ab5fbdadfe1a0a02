import { join } from 'node:path';
import type { FoundSplit } from '../forms.ts';
import { captionedTexts } from '../set/captioned.ts';
import { openHalves } from '../set/data-set.ts';
import { samplePictures } from '../set/sample-pictures.ts';
import { shardsBySplit, textsBeside } from '../set/shards.ts';
import { parquetRows } from './rows.ts';

/** The splits of a folder of `{split}-00000-of-00002.parquet` or the like, or the one split of such a file. */
export async function findParquet(path: string): Promise<FoundSplit[]> {
  const { folder, files, splits } = await shardsBySplit(path, '.parquet');
  return [...splits].map(([split, names]) => {
    const paths = names.map((name) => join(folder, name));
    return {
      split,
      form: 'parquet',
      open: () =>
        openHalves(
          { path, form: 'parquet', split },
          async () =>
            (await textsBeside(folder, split, files)) ??
            captionedTexts(
              paths,
              () => captionsOf(paths),
              async () => {},
            ),
          async () =>
            samplePictures(
              () => picturesOf(paths),
              () => indexedPictures(paths),
            ),
        ),
    };
  });
}

async function* picturesOf(paths: readonly string[]) {
  for await (const { picture } of parquetRows(paths, true)) yield picture;
}

/** Without their bytes, which are read again when they are asked for. */
async function* indexedPictures(paths: readonly string[]) {
  for await (const { picture } of parquetRows(paths, false)) yield picture;
}

async function* captionsOf(paths: readonly string[]) {
  for await (const { captions } of parquetRows(paths, false)) yield* captions;
}
