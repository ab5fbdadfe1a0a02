/** Pairs of a data set as batches of pixels and ids: pictures decoded, augmented and prepared. */
import { createRandom, isTuwenError, TuwenError } from '../../base/index.ts';
import {
  type ClipConfig,
  decodeImage,
  type PixelsConfig,
  paddedIds,
  preprocess,
  type RawImage,
  type Tokenizer,
} from '../../clip/index.ts';
import { augment, cleanCaption, type DataSet, type Id, type Pair, type Picture } from '../../data/index.ts';
import type { EngineTensor } from '../../engine/index.ts';

export interface LoaderOptions {
  readonly data: DataSet;
  readonly config: ClipConfig;
  readonly tokenizer: Tokenizer;
  /** The most tokens of a text. */
  readonly contextLength: number;
  /** Leave out pictures that cannot be read, instead of ending with their error. */
  readonly skipBroken: boolean;
  /** Draw augmentations from this seed; left out, pictures stay as they are. */
  readonly augmentSeed?: number;
  /** Prepare every picture in this way as well, for another model: augmented alike. */
  readonly teacher?: PixelsConfig;
}

export interface LoadedPictures {
  /** float32 [rows, 3, size, size]. */
  readonly pixels: EngineTensor;
  /** The same pictures for the other model. */
  readonly teacher?: EngineTensor;
  /** Which of the pictures asked for the rows are. */
  readonly rows: readonly number[];
  /** What was left out. */
  readonly broken: readonly TuwenError[];
}

export interface Loader {
  /** Pictures by id, each with what its augmentation is drawn from. Throws where none of them can be read. */
  pictures(ids: readonly Id[], draws?: readonly number[]): Promise<LoadedPictures>;
  pairs(places: readonly number[]): Promise<Pair[]>;
  /** int64 [texts, length], 0 after the last token. */
  tokens(texts: readonly string[]): EngineTensor;
}

export function createLoader(options: LoaderOptions): Loader {
  const { data, config, tokenizer, contextLength, skipBroken, teacher } = options;
  const isShared = teacher !== undefined && JSON.stringify(teacher) === JSON.stringify(config.pixels);
  return {
    async pictures(ids, draws) {
      const read = await Promise.all(ids.map((id, i) => readPicture(options, id, draws?.[i])));
      const broken = read.flatMap((each) => ('error' in each ? [each.error] : []));
      const rows = read.flatMap((each, i) => ('image' in each ? [i] : []));
      if (broken[0] && (!skipBroken || rows.length === 0)) throw broken[0];
      const images = read.flatMap((each) => ('image' in each ? [each.image] : []));
      const pixels = tensorOf(images, config.pixels);
      const others = teacher && { teacher: isShared ? pixels : tensorOf(images, teacher) };
      return { pixels, rows, broken, ...others };
    },
    pairs: (places) => Promise.all(places.map((place) => data.pair(place))),
    tokens(texts) {
      const ids = paddedIds(texts.map((text) => tokenizer.encode(cleanCaption(text), contextLength)));
      return { data: ids, dims: [texts.length, ids.length / texts.length] };
    },
  };
}

type Image = Parameters<typeof preprocess>[0] | RawImage;

async function readPicture(
  { data, config, augmentSeed }: LoaderOptions,
  id: Id,
  draw = 0,
): Promise<{ image: Image } | { error: TuwenError }> {
  const picture = await data.picture(id);
  if (!picture) return { error: pictureMissing(data.path, id) };
  try {
    const decoded = await decodeImage(await picture.bytes(), { orient: false });
    if (augmentSeed === undefined) return { image: decoded };
    const random = createRandom(Math.imul(augmentSeed + 1, 0x9e3779b1) ^ Math.imul(draw + 1, 0x85ebca6b));
    return { image: augment(decoded, config.pixels.size, random) };
  } catch (error) {
    if (!isTuwenError(error)) throw error;
    return { error: named(error, picture) };
  }
}

/** The error of a pair whose picture is not in the data set. */
export function pictureMissing(path: string, id: Id): TuwenError {
  return new TuwenError('TUWEN_DATA_INVALID', { path, fault: 'missing-picture', about: String(id) });
}

/** The error of a picture with where the picture is stored. */
function named(error: TuwenError, { source }: Picture): TuwenError {
  if (!error.code.startsWith('TUWEN_IMAGE_')) return error;
  const { index: _, ...value } = error.value as { source: string; index?: number };
  return new TuwenError(error.code, { ...value, source } as never, { cause: error.cause });
}

function tensorOf(images: readonly Image[], pixels: PixelsConfig): EngineTensor {
  const length = 3 * pixels.size ** 2;
  const data = new Float32Array(images.length * length);
  images.forEach((image, i) => {
    preprocess(image, pixels, data, i * length);
  });
  return { data, dims: [images.length, 3, pixels.size, pixels.size] };
}
