import { type OnProgress, progressMeter, TuwenError } from '../base/index.ts';
import { bucketsByLength, chunks, gathered, oneAhead, padded } from './batches.ts';
import type { ClipConfig } from './config.ts';
import { dot, type Embeddings, embeddings, normaliseRows, softmax } from './embeddings.ts';
import type { Encoder } from './encoder.ts';
import { decodeImages, type ImageInput, preprocess } from './pixels/index.ts';
import { fillTemplate, TEMPLATES } from './templates.ts';
import type { Tokenizer } from './tokenizer/index.ts';

/** What a loaded model is. */
export interface ClipInfo {
  readonly name: string;
  /** How the checkpoint was stored. */
  readonly layout: string;
  /** Length of the vectors. */
  readonly dim: number;
  /** The most tokens of a text that count, [CLS] and [SEP] included. */
  readonly contextLength: number;
  /** Side of the square to which a picture is resized, in pixels. */
  readonly imageSize: number;
  /** The factor on the cosines before the softmax: exp(logit_scale). */
  readonly logitScale: number;
  /** 1 / logitScale. */
  readonly temperature: number;
  /** How many numbers were trained. */
  readonly parameters: number;
  readonly precision: string;
  readonly device: string;
}

export interface EmbedOptions {
  /** Scale every vector to length 1. Default: true. */
  readonly normalize?: boolean;
  /** How many go through the model at once. Default: 8 pictures or 32 texts. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface Match {
  readonly text: string;
  /** Among the texts given: they add up to 1. */
  readonly probability: number;
  readonly cosine: number;
}

export interface LabelProbability {
  readonly label: string;
  readonly probability: number;
}

export interface ClassifyOptions {
  /** Sentences with `{}` for the label. Default: a Chinese ensemble. */
  readonly templates?: readonly string[];
  /** How many labels to return. Default: all. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

/** A loaded Chinese-CLIP. Calls may overlap; they run one after another. */
export interface Clip extends AsyncDisposable {
  readonly info: ClipInfo;
  /**
   * Vectors of pictures, in their order. An async iterable gives vectors as they are ready, in bounded memory.
   * A picture that cannot be read throws its error, with its place in the list as `value.index`.
   */
  embedImages(images: ImageInput | readonly ImageInput[], options?: EmbedOptions): Promise<Embeddings>;
  embedImages(images: AsyncIterable<ImageInput>, options?: EmbedOptions): AsyncIterable<Float32Array>;
  /** Vectors of texts, in their order. Tokens beyond `info.contextLength` are cut off. */
  embedTexts(texts: string | readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  embedTexts(texts: AsyncIterable<string>, options?: EmbedOptions): AsyncIterable<Float32Array>;
  /** How well each text fits a picture, in the order of `texts`. */
  match(image: ImageInput, texts: readonly string[], options?: { signal?: AbortSignal }): Promise<Match[]>;
  /** Zero-shot classification: labels with probabilities, best first; for a list of pictures a list of those. */
  classify(
    image: ImageInput,
    labels: readonly string[],
    options?: ClassifyOptions,
  ): Promise<LabelProbability[]>;
  classify(
    images: readonly ImageInput[],
    labels: readonly string[],
    options?: ClassifyOptions,
  ): Promise<LabelProbability[][]>;
  /** Ends the model's thread. Later calls throw TUWEN_CLOSED. */
  close(): Promise<void>;
}

export interface ClipParts {
  readonly info: ClipInfo;
  readonly config: ClipConfig;
  readonly tokenizer: Tokenizer;
  readonly encoder: Encoder;
}

const IMAGE_BATCH = 8;
const TEXT_BATCH = 32;
/** How many sets of labels are remembered with their vectors. */
const REMEMBERED = 8;

export function createClip({ info, config, tokenizer, encoder }: ClipParts): Clip {
  const { dim } = info;
  const { size, mean, std, order: steps } = config.pixels;
  const order = steps === 'rgb-first' ? 'hf' : 'cn_clip';
  const classVectors = new Map<string, Promise<Embeddings>>();

  /** Decodes and prepares a batch; `first` is the place of its first picture in the caller's list. */
  async function pixelsOf(images: readonly ImageInput[], first: number, signal: AbortSignal | undefined) {
    const length = 3 * size * size;
    const pixels = new Float32Array(images.length * length);
    let i = 0;
    try {
      for await (const image of decodeImages(images, { orient: true, ...(signal ? { signal } : {}) })) {
        preprocess(image, { size, mean, std, order }, pixels, i * length);
        i += 1;
      }
    } catch (error) {
      throw movedBy(first, error);
    }
    return { pixels, count: images.length };
  }

  async function* imageVectors(
    batches: Iterable<readonly ImageInput[]> | AsyncIterable<readonly ImageInput[]>,
    { normalize = true, signal }: EmbedOptions,
  ) {
    let first = 0;
    const prepare = (images: readonly ImageInput[]) => {
      const start = first;
      first += images.length;
      return pixelsOf(images, start, signal);
    };
    for await (const { pixels, count } of oneAhead(batches, prepare)) {
      const features = await encoder.images(pixels, count, signal);
      yield normalize ? normaliseRows(features, dim) : features;
    }
  }

  async function textVectors(
    texts: readonly string[],
    options: EmbedOptions,
    onBatch: (count: number) => void,
  ) {
    const { normalize = true, signal, batchSize = TEXT_BATCH } = options;
    const ids = texts.map((text) => tokenizer.encode(text, info.contextLength));
    const data = new Float32Array(texts.length * dim);
    for (const bucket of bucketsByLength(
      ids.map((row) => row.length),
      batchSize,
    )) {
      const rows = padded(bucket.map((i) => ids[i]!));
      const features = await encoder.texts(rows, bucket.length, signal);
      bucket.forEach((place, i) => {
        data.set(features.subarray(i * dim, (i + 1) * dim), place * dim);
      });
      onBatch(bucket.length);
    }
    return normalize ? normaliseRows(data, dim) : data;
  }

  async function* vectorsOfEach(
    batches: AsyncIterable<Float32Array>,
    onProgress: OnProgress | undefined,
    unit: string,
  ) {
    const meter = progressMeter(unit, undefined, onProgress);
    for await (const features of batches) {
      for (const vector of embeddings(features, dim)) yield vector;
      meter.advance(features.length / dim);
    }
  }

  async function allImages(images: readonly ImageInput[], options: EmbedOptions): Promise<Embeddings> {
    const meter = progressMeter('image', images.length, options.onProgress);
    const data = new Float32Array(images.length * dim);
    let offset = 0;
    for await (const features of imageVectors(chunks(images, batchSizeOf(options, IMAGE_BATCH)), options)) {
      data.set(features, offset);
      offset += features.length;
      meter.advance(features.length / dim);
    }
    return embeddings(data, dim);
  }

  async function allTexts(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    batchSizeOf(options, TEXT_BATCH);
    const meter = progressMeter('text', texts.length, options.onProgress);
    return embeddings(await textVectors(texts, options, (count) => meter.advance(count)), dim);
  }

  async function* streamedTexts(texts: AsyncIterable<string>, options: EmbedOptions) {
    for await (const batch of gathered(texts, batchSizeOf(options, TEXT_BATCH))) {
      yield await textVectors(batch, options, () => {});
    }
  }

  /** Mean of the unit vectors of a label in every template, at length 1. */
  function vectorsOfLabels(labels: readonly string[], templates: readonly string[]): Promise<Embeddings> {
    const key = JSON.stringify([labels, templates]);
    const known = classVectors.get(key);
    if (known) return known;
    const made = ensemble(labels, templates);
    made.catch(() => classVectors.delete(key));
    classVectors.set(key, made);
    if (classVectors.size > REMEMBERED) classVectors.delete(classVectors.keys().next().value!);
    return made;
  }

  async function ensemble(labels: readonly string[], templates: readonly string[]): Promise<Embeddings> {
    const sentences = labels.flatMap((label) => templates.map((template) => fillTemplate(template, label)));
    const vectors = await allTexts(sentences, {});
    const sums = new Float32Array(labels.length * dim);
    sentences.forEach((_, i) => {
      const start = Math.floor(i / templates.length) * dim;
      const vector = vectors.at(i);
      for (let k = 0; k < dim; k++) sums[start + k]! += vector[k]!;
    });
    return embeddings(normaliseRows(sums, dim), dim);
  }

  function probabilities(
    vector: Float32Array,
    candidates: Embeddings,
  ): { cosines: number[]; shares: number[] } {
    const cosines = [...candidates].map((candidate) => dot(vector, candidate));
    return { cosines, shares: softmax(cosines.map((cosine) => cosine * info.logitScale)) };
  }

  const clip = {
    info,

    embedImages(
      images: ImageInput | readonly ImageInput[] | AsyncIterable<ImageInput>,
      options: EmbedOptions = {},
    ) {
      if (isAsyncIterable(images)) {
        const batches = gathered(images, batchSizeOf(options, IMAGE_BATCH));
        return vectorsOfEach(imageVectors(batches, options), options.onProgress, 'image');
      }
      return allImages(listOf(images), options);
    },

    embedTexts(texts: string | readonly string[] | AsyncIterable<string>, options: EmbedOptions = {}) {
      if (isAsyncIterable(texts))
        return vectorsOfEach(streamedTexts(texts, options), options.onProgress, 'text');
      return allTexts(listOf(texts), options);
    },

    async match(image: ImageInput, texts: readonly string[], options: { signal?: AbortSignal } = {}) {
      nonEmpty('texts', texts);
      const [pictures, candidates] = await Promise.all([
        clip.embedImages([image], options),
        allTexts(texts, options),
      ]);
      const { cosines, shares } = probabilities((pictures as Embeddings).at(0), candidates);
      return texts.map((text, i) => ({ text, probability: shares[i]!, cosine: cosines[i]! }));
    },

    async classify(
      images: ImageInput | readonly ImageInput[],
      labels: readonly string[],
      { templates = TEMPLATES, top = labels.length, signal }: ClassifyOptions = {},
    ) {
      nonEmpty('labels', labels);
      nonEmpty('templates', templates);
      const [vectors, candidates] = await Promise.all([
        allImages(listOf(images), signal ? { signal } : {}),
        vectorsOfLabels(labels, templates),
      ]);
      const ranked = [...vectors].map((vector) => {
        const { shares } = probabilities(vector, candidates);
        const named = labels.map((label, i) => ({ label, probability: shares[i]! }));
        return named.sort((a, b) => b.probability - a.probability).slice(0, top);
      });
      return Array.isArray(images) ? ranked : ranked[0]!;
    },

    close: () => encoder.close(),
    [Symbol.asyncDispose]: () => encoder.close(),
  };
  return clip as Clip;
}

/** An error of a picture, its place counted in the whole list. */
function movedBy(first: number, error: unknown): unknown {
  if (!(error instanceof TuwenError)) return error;
  const value = error.value as { index?: number };
  if (value.index === undefined || first === 0) return error;
  return new TuwenError(error.code, { ...value, index: value.index + first } as never, {
    cause: error.cause,
  });
}

function listOf<T>(items: T | readonly T[]): readonly T[] {
  return Array.isArray(items) ? items : [items as T];
}

function isAsyncIterable<T>(value: unknown): value is AsyncIterable<T> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function batchSizeOf({ batchSize }: EmbedOptions, usual: number): number {
  if (batchSize === undefined) return usual;
  if (Number.isInteger(batchSize) && batchSize > 0) return batchSize;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', {
    name: 'batchSize',
    got: batchSize,
    expected: 'a whole number of at least 1',
  });
}

function nonEmpty(name: string, list: readonly string[]): void {
  if (Array.isArray(list) && list.length > 0) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got: list, expected: 'a list of at least one string' });
}
