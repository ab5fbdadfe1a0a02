import { cancelled, type OnProgress, progressMeter, TuwenError } from '../base/index.ts';
import { chunks, gathered } from './batches.ts';
import { type Embeddings, embeddings } from './embeddings.ts';
import { imageVectors } from './image-vectors.ts';
import type { ClipParts } from './parts.ts';
import { type DecodeOptions, decodeImage, type ImageInput, resizedRgb } from './pixels/index.ts';
import { ENGLISH_TEMPLATES, TEMPLATES } from './templates.ts';
import { textVectors } from './text-vectors.ts';
import type { ClassifyOptions, Clip, EmbedOptions } from './types.ts';
import { fitOf, rememberedClassVectors } from './zero-shot.ts';

const IMAGE_BATCH = 8;
const TEXT_BATCH = 32;

/** Puts a loaded model behind its public face. */
export function createClip(parts: ClipParts): Clip {
  const { info, encoder, tokenizer } = parts;
  const { dim } = info;
  const usualTemplates = info.language === 'zh' ? TEMPLATES : ENGLISH_TEMPLATES;
  const classVectors = rememberedClassVectors((texts) => allTexts(texts, {}));

  async function allImages(images: readonly ImageInput[], options: EmbedOptions): Promise<Embeddings> {
    const meter = progressMeter('image', images.length, options.onProgress);
    const data = new Float32Array(images.length * dim);
    let offset = 0;
    for await (const vectors of imageVectors(
      parts,
      chunks(images, batchSizeOf(options, IMAGE_BATCH)),
      options,
    )) {
      data.set(vectors, offset);
      offset += vectors.length;
      meter.advance(vectors.length / dim);
    }
    return embeddings(data, dim);
  }

  async function allTexts(texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
    const meter = progressMeter('text', texts.length, options.onProgress);
    const batchSize = batchSizeOf(options, TEXT_BATCH);
    return embeddings(await textVectors(parts, texts, batchSize, options, meter.advance), dim);
  }

  async function* textBatches(texts: AsyncIterable<string>, options: EmbedOptions) {
    const batchSize = batchSizeOf(options, TEXT_BATCH);
    for await (const batch of gathered(texts, batchSize))
      yield await textVectors(parts, batch, batchSize, options);
  }

  async function* oneByOne(batches: AsyncIterable<Float32Array>, unit: string, onProgress?: OnProgress) {
    const meter = progressMeter(unit, undefined, onProgress);
    for await (const batch of batches) {
      yield* embeddings(batch, dim);
      meter.advance(batch.length / dim);
    }
  }

  const clip = {
    info,

    embedImages(
      images: ImageInput | readonly ImageInput[] | AsyncIterable<ImageInput>,
      options: EmbedOptions = {},
    ) {
      if (!isAsyncIterable(images)) return allImages(listOf(images), options);
      const batches = gathered(images, batchSizeOf(options, IMAGE_BATCH));
      return oneByOne(imageVectors(parts, batches, options), 'image', options.onProgress);
    },

    embedTexts(texts: string | readonly string[] | AsyncIterable<string>, options: EmbedOptions = {}) {
      if (!isAsyncIterable(texts)) return allTexts(listOf(texts), options);
      return oneByOne(textBatches(texts, options), 'text', options.onProgress);
    },

    async match(image: ImageInput, texts: readonly string[], options: { signal?: AbortSignal } = {}) {
      nonEmpty('texts', texts);
      const [pictures, candidates] = await Promise.all([
        allImages([image], options),
        allTexts(texts, options),
      ]);
      const { cosines, probabilities } = fitOf(pictures.at(0), candidates, info.logitScale);
      return texts.map((text, i) => ({ text, probability: probabilities[i]!, cosine: cosines[i]! }));
    },

    async classify(
      images: ImageInput | readonly ImageInput[],
      labels: readonly string[],
      { templates = usualTemplates, top = labels.length, signal }: ClassifyOptions = {},
    ) {
      nonEmpty('labels', labels);
      nonEmpty('templates', templates);
      wholeNumber('top', top);
      const both = Promise.all([
        allImages(listOf(images), signal ? { signal } : {}),
        classVectors(labels, templates),
      ]);
      const [pictures, candidates] = await unlessAborted(both, signal);
      const ranked = [...pictures].map((picture) => {
        const { probabilities } = fitOf(picture, candidates, info.logitScale);
        const named = labels.map((label, i) => ({ label, probability: probabilities[i]! }));
        return named.sort((a, b) => b.probability - a.probability).slice(0, top);
      });
      return Array.isArray(images) ? ranked : ranked[0]!;
    },

    async prepareImage(image: ImageInput, options: DecodeOptions = {}) {
      const { size, ...fitting } = parts.config.pixels;
      return resizedRgb(await decodeImage(image, { orient: true, ...options }), size, fitting);
    },

    countTokens: (text: string) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length,

    close: () => encoder.close(),
    [Symbol.asyncDispose]: () => encoder.close(),
  };
  // One function serves each pair of overloads.
  return clip as Clip;
}

/** Stops waiting when `signal` aborts; the work itself may go on, for others who want it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled('run', signal));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
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
  wholeNumber('batchSize', batchSize);
  return batchSize;
}

function wholeNumber(name: string, got: number): void {
  if (Number.isInteger(got) && got > 0) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected: 'a whole number of at least 1' });
}

function nonEmpty(name: string, list: readonly string[]): void {
  if (Array.isArray(list) && list.length > 0) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got: list, expected: 'a list of at least one string' });
}
