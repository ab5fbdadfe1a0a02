/** Runs exported files on sample pictures and texts, beside the model they were made from. */
import { bareClip } from '../bare-clip.ts';
import type { Embeddings } from '../embeddings.ts';
import { type Encoder, startEncoder } from '../encoder.ts';
import type { StoredModel } from '../layouts/index.ts';
import type { ImageInput } from '../pixels/index.ts';
import { type Distance, distance, type RankingAgreement, rankingAgreement } from './agreement.ts';
import { startExported } from './exported-encoder.ts';
import type { ExportTower } from './forms.ts';

/** What exported files are tried on. */
export interface Samples {
  readonly images: readonly ImageInput[];
  readonly texts: readonly string[];
}

/** An exported file beside the model in fp32. The side that a tower lacks is the model's, where rankings are compared. */
export interface Comparison {
  readonly image?: Distance;
  readonly text?: Distance;
  readonly ranking: RankingAgreement;
}

export interface Compared {
  readonly path: string;
  readonly tower: ExportTower;
}

interface Options {
  readonly contextLength: number;
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Vectors {
  readonly images?: Embeddings;
  readonly texts?: Embeddings;
}

/** Compares files one after another. The memory of the model's weights is moved. */
export async function compareExported<T extends Compared>(
  files: readonly T[],
  model: StoredModel,
  samples: Samples,
  options: Options,
): Promise<(T & { readonly comparison: Comparison })[]> {
  const { threads } = options;
  const reference = await startEncoder(model.config, model.weights, threads === undefined ? {} : { threads });
  const expected = await vectors(reference, 'joint', model, samples, options);
  const results: (T & { readonly comparison: Comparison })[] = [];
  for (const file of files) {
    const encoder = await startExported(file.path, file.tower, model.config, threads);
    const got = await vectors(encoder, file.tower, model, samples, options);
    results.push({ ...file, comparison: comparisonOf(expected as Required<Vectors>, got) });
  }
  return results;
}

async function vectors(
  encoder: Encoder,
  tower: ExportTower,
  model: StoredModel,
  { images, texts }: Samples,
  { contextLength, signal }: Options,
): Promise<Vectors> {
  const clip = bareClip(model, encoder, contextLength);
  const options = signal ? { signal } : {};
  try {
    return {
      ...(tower === 'text' ? {} : { images: await clip.embedImages(images, options) }),
      ...(tower === 'image' ? {} : { texts: await clip.embedTexts(texts, options) }),
    };
  } finally {
    await clip.close();
  }
}

function comparisonOf(expected: Required<Vectors>, got: Vectors): Comparison {
  const { images = expected.images, texts = expected.texts } = got;
  return {
    ...(got.images ? { image: distance(expected.images, got.images) } : {}),
    ...(got.texts ? { text: distance(expected.texts, got.texts) } : {}),
    ranking: rankingAgreement(
      expected.images.similarity(expected.texts),
      images.similarity(texts),
      images.count,
      texts.count,
    ),
  };
}
