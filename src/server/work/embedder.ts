/** Vectors for many callers: what they ask for at the same time goes through the model together. */
import { setMaxListeners } from 'node:events';
import { cancelled } from '../../base/index.ts';
import {
  type Clip,
  type Embeddings,
  embeddings,
  type ImageInput,
  normaliseRows,
  type RgbImage,
} from '../../clip/index.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Batching } from '../options.ts';
import { createBatcher } from './batcher.ts';
import { createGate } from './gate.ts';
import { createLimiter } from './limiter.ts';
import { type PictureItem, type PictureSettings, preparedPicture } from './pictures.ts';
import { sharedClip } from './shared-clip.ts';

/** What a vector is asked for: a text, or a picture with the field of the request it stood in. */
export type Item = { readonly text: string } | PictureItem;

export interface EmbedderOptions extends PictureSettings {
  readonly batching: Batching;
  readonly metrics: Metrics;
}

export interface Embedder {
  /**
   * Vectors of texts and pictures, in their order; the vectors a direct call gives. Either all of them or an error.
   *
   * @throws TUWEN_SERVER_BUSY at once where too much is under way, TUWEN_CANCELLED, and what `preparedPicture` throws
   */
  embed(items: readonly Item[], signal: AbortSignal, options?: { normalize?: boolean }): Promise<Embeddings>;
  /** Lets texts and pictures in, as `embed` does by itself; returns what lets them out. Throws TUWEN_SERVER_BUSY. */
  enter(texts: number, pictures: number): () => void;
  /** A picture as the model takes it. Throws what `preparedPicture` throws. */
  prepare(item: PictureItem, signal: AbortSignal): Promise<RgbImage>;
  /** The model itself, whose calls with lists go through the model together with those of others. */
  readonly shared: Clip;
  /** Unit vectors of texts, for callers who share them: nothing calls it off. */
  embedTexts(texts: readonly string[]): Promise<Embeddings>;
}

/** How many pictures are decoded at a time: each may need its pixels in memory twice. */
const DECODED_AT_ONCE = 2;

/** Of work that nobody calls off. */
const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

export function createEmbedder(clip: Clip, options: EmbedderOptions): Embedder {
  const { batching, limits, metrics } = options;
  const { dim } = clip.info;
  const rows = (vectors: Embeddings) => [...vectors];
  const texts = createBatcher<string, Float32Array>({
    size: batching.texts,
    wait: batching.wait,
    run: metrics.batches('text', async (batch) =>
      rows(await clip.embedTexts(batch, { normalize: false, batchSize: batching.texts })),
    ),
  });
  const pictures = createBatcher<ImageInput, Float32Array>({
    size: batching.pictures,
    wait: batching.wait,
    run: metrics.batches('picture', async (batch) =>
      rows(await clip.embedImages(batch, { normalize: false, batchSize: batching.pictures })),
    ),
  });
  const textGate = createGate('texts', limits.openTexts);
  const pictureGate = createGate('pictures', limits.openPictures);
  metrics.watchOpen('text', () => textGate.inside);
  metrics.watchOpen('picture', () => pictureGate.inside);
  const decoding = createLimiter(DECODED_AT_ONCE);

  const prepare = (item: PictureItem, signal: AbortSignal) =>
    decoding(() => preparedPicture(clip, item, options, signal), signal);

  async function vectorOf(item: Item, signal: AbortSignal): Promise<Float32Array> {
    return 'text' in item ? texts.add(item.text, signal) : pictures.add(await prepare(item, signal), signal);
  }

  function enter(textCount: number, pictureCount: number): () => void {
    const leaveTexts = textGate.enter(textCount);
    try {
      const leavePictures = pictureGate.enter(pictureCount);
      return () => {
        leaveTexts();
        leavePictures();
      };
    } catch (error) {
      leaveTexts();
      throw error;
    }
  }

  async function together<T>(
    items: readonly T[],
    work: (item: T, signal: AbortSignal) => Promise<Float32Array>,
    signal: AbortSignal,
    normalize = true,
  ): Promise<Embeddings> {
    const data = joined(await all(items, work, signal), dim);
    return embeddings(normalize ? normaliseRows(data, dim) : data, dim);
  }

  async function embed(
    items: readonly Item[],
    signal: AbortSignal,
    { normalize = true }: { normalize?: boolean } = {},
  ): Promise<Embeddings> {
    if (signal.aborted) throw cancelled('run', signal);
    const count = items.filter((item) => 'text' in item).length;
    const leave = enter(count, items.length - count);
    try {
      return await together(items, vectorOf, signal, normalize);
    } finally {
      leave();
    }
  }

  return {
    embed,
    enter,
    prepare,
    shared: sharedClip(clip, {
      texts: (list, { signal = NEVER, normalize }) => together(list, texts.add, signal, normalize),
      pictures: (list, { signal = NEVER, normalize }) => together(list, pictures.add, signal, normalize),
    }),
    embedTexts: (list) =>
      embed(
        list.map((text) => ({ text })),
        NEVER,
      ),
  };
}

/** The results for all items; where one fails the others are called off. */
async function all<T, R>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): Promise<R[]> {
  const failed = new AbortController();
  // Every item listens.
  setMaxListeners(0, failed.signal);
  const giveUp = () => failed.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.all(items.map((item) => work(item, failed.signal)));
  } catch (error) {
    failed.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function joined(vectors: readonly Float32Array[], dim: number): Float32Array {
  const data = new Float32Array(vectors.length * dim);
  vectors.forEach((vector, i) => {
    data.set(vector, i * dim);
  });
  return data;
}
