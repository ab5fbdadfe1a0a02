import { progressMeter } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import { gathered, outcomes } from '../batches.ts';
import { describe } from '../failure.ts';
import type { FeatureWriter } from '../features/index.ts';
import type { Pictures } from '../inputs.ts';
import { progressBar } from '../progress-bar.ts';
import { findTexts } from '../text-inputs.ts';
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
  const meter = progressMeter('image', pictures.total, bar.onProgress);
  const failed: { path: string; code: string }[] = [];
  let count = 0;
  const embedded = outcomes(pictures, IMAGE_BATCH, async (batch) => [
    ...(await clip.embedImages(
      batch.map(({ input }) => input),
      { ...options, orient: !batch[0]!.official },
    )),
  ]);
  try {
    for await (const outcome of embedded) {
      const { picture } = outcome;
      meter.advance();
      if ('error' in outcome) {
        bar.say(describe(outcome.error));
        failed.push({ path: picture.source, code: outcome.error.code });
        continue;
      }
      const field = picture.official ? 'image_id' : 'image';
      await writer.write({ field, name: picture.name, vector: outcome.result });
      count += 1;
    }
  } finally {
    bar.end();
  }
  return { count, failed };
}

async function writeTexts(clip: Clip, file: string, options: RunOptions, writer: FeatureWriter) {
  const bar = progressBar(texts().progress.texts);
  const meter = progressMeter('text', undefined, bar.onProgress);
  let count = 0;
  try {
    for await (const batch of gathered(findTexts(file), TEXT_BATCH)) {
      const vectors = await clip.embedTexts(
        batch.map(({ input }) => input),
        options,
      );
      for (const [i, { name, official }] of batch.entries()) {
        await writer.write({ field: official ? 'text_id' : 'text', name, vector: vectors.at(i) });
      }
      count += batch.length;
      meter.advance(batch.length);
    }
  } finally {
    bar.end();
  }
  return count;
}
