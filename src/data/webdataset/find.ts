import { join } from 'node:path';
import type { FoundSplit } from '../forms.ts';
import { captionedTexts } from '../set/captioned.ts';
import { openHalves } from '../set/data-set.ts';
import { samplePictures } from '../set/sample-pictures.ts';
import { shardsBySplit, textsBeside } from '../set/shards.ts';
import { type Sample, samplesOf } from './samples.ts';

/** The splits of a folder of tar shards `{split}-000000.tar`, or the one split of a shard. */
export async function findWebDataset(path: string): Promise<FoundSplit[]> {
  const { folder, files, splits } = await shardsBySplit(path, '.tar');
  return [...splits].map(([split, names]) => {
    const shards = names.map((name) => join(folder, name));
    return {
      split,
      form: 'webdataset',
      open: () =>
        openHalves(
          { path, form: 'webdataset', split },
          async () =>
            (await textsBeside(folder, split, files)) ??
            captionedTexts(
              shards,
              () => captionsOf(samplesOf(shards)),
              async () => {},
            ),
          async () => samplePictures(() => picturesOf(samplesOf(shards))),
        ),
    };
  });
}

async function* picturesOf(samples: AsyncIterable<Sample>) {
  for await (const { picture } of samples) yield picture;
}

async function* captionsOf(samples: AsyncIterable<Sample>) {
  for await (const { captions } of samples) yield* captions;
}
