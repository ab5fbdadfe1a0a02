/** Pairs of a data set as batches of pixels and ids: pictures decoded, augmented and prepared. */
import { createRandom, isTuwenError, TuwenError } from '../../base/index.ts';
import { type ClipConfig, decodeImage, paddedIds, preprocess, type Tokenizer } from '../../clip/index.ts';
import { augment, cleanCaption, type DataSet, type Id } from '../../data/index.ts';
import type { EngineTensor } from '../../engine/index.ts';

export interface LoaderOptions {
  readonly data: DataSet;
  readonly config: ClipConfig;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  /** Leave out pictures that cannot be read, instead of ending with their error. */
  readonly skipBroken: boolean;
  /** Draw augmentations from this seed; left out, pictures stay as they are. */
  readonly augmentSeed?: number;
}

export interface LoadedBatch {
  readonly pixels: EngineTensor;
  readonly ids: EngineTensor;
  readonly texts: readonly string[];
  readonly imageIds: readonly Id[];
  /** What was left out. */
  readonly broken: readonly TuwenError[];
}

export interface Loader {
  /** The pairs at these places; `draw` tells one visit of a pair from another, for what is random. */
  load(places: readonly number[], draw: number): Promise<LoadedBatch>;
}

export function createLoader(options: LoaderOptions): Loader {
  const { data, config, tokenizer, contextLength, skipBroken } = options;
  return {
    async load(places, draw) {
      const loaded = await Promise.all(places.map((place) => pictureOf(options, place, draw)));
      const whole = loaded.flatMap((each) => ('pixels' in each ? [each] : []));
      const broken = loaded.flatMap((each) => ('error' in each ? [each.error] : []));
      if (broken[0] && (!skipBroken || whole.length === 0)) throw broken[0];
      const { size } = config.pixels;
      const pixels = new Float32Array(whole.length * 3 * size * size);
      whole.forEach((each, i) => {
        pixels.set(each.pixels, i * each.pixels.length);
      });
      const texts = whole.map(({ text }) => cleanCaption(text));
      const ids = paddedIds(texts.map((text) => tokenizer.encode(text, contextLength)));
      return {
        pixels: { data: pixels, dims: [whole.length, 3, size, size] },
        ids: { data: ids, dims: [whole.length, ids.length / whole.length] },
        texts,
        imageIds: whole.map(({ imageId }) => imageId),
        broken,
      };
    },
  };

  async function pictureOf({ augmentSeed }: LoaderOptions, place: number, draw: number) {
    const { text, imageId } = await data.pair(place);
    const picture = await data.picture(imageId);
    const missing = new TuwenError('TUWEN_IMAGE_MISSING', { source: `${data.path} ${imageId}` });
    if (!picture) return { error: missing };
    try {
      const decoded = await decodeImage(await picture.bytes(), { orient: false });
      const image =
        augmentSeed === undefined
          ? decoded
          : augment(decoded, config.pixels.size, createRandom(mixed(augmentSeed, draw, place)));
      return { text, imageId, pixels: preprocess(image, config.pixels) };
    } catch (error) {
      if (!isTuwenError(error)) throw error;
      const value = { ...(error.value as object), source: picture.source, index: undefined };
      return { error: error.code.startsWith('TUWEN_IMAGE_') ? new TuwenError(error.code, value as never, { cause: error.cause }) : error };
    }
  }
}

function mixed(seed: number, draw: number, place: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(draw + 1, 0x85ebca6b) ^ Math.imul(place + 1, 0xc2b2ae35);
}
