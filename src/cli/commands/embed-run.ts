import { progressMeter } from '../../base/index.ts';
import { type Clip, gathered, outcomes } from '../../clip/index.ts';
import type { FeatureName, FeatureWriter } from '../../evaluate/index.ts';
import { describe } from '../failure.ts';
import type { Picture, Pictures } from '../inputs.ts';
import { progressBar } from '../progress-bar.ts';
import { findTexts, type TextInput } from '../text-inputs.ts';
import { texts } from '../texts/index.ts';

const IMAGE_BATCH = 8;
/** Texts are run in batches of similar length, taken from this many. */
const TEXT_BATCH = 256;

export interface EmbedInputs {
  readonly pictures: Pictures | undefined;
  /** A file of texts. */
  readonly texts: string | undefined;
  readonly normalize: boolean;
}

export interface EmbedReport {
  readonly images: number;
  readonly texts: number;
  readonly failed: readonly { readonly path: string; readonly code: string }[];
}

/** Writes the vectors of pictures, then those of texts, with a few batches in memory. */
export async function collectFeatures(
  clip: Clip,
  { pictures, texts: file, normalize }: EmbedInputs,
  writer: FeatureWriter,
  signal: AbortSignal,
): Promise<EmbedReport> {
  const options = { normalize, signal };
  const images = pictures ? await writeImages(clip, pictures, options, writer) : { count: 0, failed: [] };
  const count = file === undefined ? 0 : await writeTexts(clip, file, options, writer);
  return { images: images.count, texts: count, failed: images.failed };
}

interface RunOptions {
  readonly normalize: boolean;
  readonly signal: AbortSignal;
}

async function writeImages(clip: Clip, pictures: Pictures, options: RunOptions, writer: FeatureWriter) {
  const bar = progressBar(texts().progress.images);
  const failed: { path: string; code: string }[] = [];
  let count = writer.earlier('image');
  const meter = progressMeter('image', pictures.total, bar.onProgress, count);
  const embedded = outcomes(
    missing(pictures, imageName, writer),
    IMAGE_BATCH,
    async (batch) => [
      ...(await clip.embedImages(
        batch.map(({ input }) => input),
        { ...options, orient: !batch[0]!.official },
      )),
    ],
    ({ official }) => official,
  );
  try {
    for await (const outcome of embedded) {
      const { picture } = outcome;
      meter.advance();
      if ('error' in outcome) {
        bar.say(describe(outcome.error));
        failed.push({ path: picture.source, code: outcome.error.code });
        continue;
      }
      await writer.write({ ...imageName(picture), vector: outcome.result });
      count += 1;
    }
  } finally {
    bar.end();
  }
  return { count, failed };
}

async function writeTexts(clip: Clip, file: string, options: RunOptions, writer: FeatureWriter) {
  const bar = progressBar(texts().progress.texts);
  let count = writer.earlier('text');
  const meter = progressMeter('text', undefined, bar.onProgress, count);
  try {
    for await (const batch of gathered(missing(findTexts(file), textName, writer), TEXT_BATCH)) {
      const vectors = await clip.embedTexts(
        batch.map(({ input }) => input),
        options,
      );
      for (const [i, text] of batch.entries()) {
        await writer.write({ ...textName(text), vector: vectors.at(i) });
      }
      count += batch.length;
      meter.advance(batch.length);
    }
  } finally {
    bar.end();
  }
  return count;
}

function imageName({ official, name }: Picture): FeatureName {
  return { field: official ? 'image_id' : 'image', name };
}

function textName({ official, name }: TextInput): FeatureName {
  return { field: official ? 'text_id' : 'text', name };
}

/** What an earlier run has not written. */
async function* missing<T>(items: AsyncIterable<T>, nameOf: (item: T) => FeatureName, writer: FeatureWriter) {
  for await (const item of items) if (!writer.take(nameOf(item))) yield item;
}
