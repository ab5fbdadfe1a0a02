import { TuwenError } from '../base/index.ts';
import { oneAhead } from './batches.ts';
import { normaliseRows } from './embeddings.ts';
import type { ClipParts } from './parts.ts';
import { type DecodeOptions, decodeImages, type ImageInput, preprocess } from './pixels/index.ts';
import type { EmbedOptions } from './types.ts';

/** The vectors of each batch of pictures, row after row; a batch is decoded while the one before runs. */
export async function* imageVectors(
  { info, config, encoder }: ClipParts,
  batches: Iterable<readonly ImageInput[]> | AsyncIterable<readonly ImageInput[]>,
  { normalize = true, orient = true, signal }: EmbedOptions,
): AsyncGenerator<Float32Array, void, undefined> {
  let next = 0;
  const prepare = (images: readonly ImageInput[]) => {
    const first = next;
    next += images.length;
    return preparedBatch(config.pixels, images, first, { orient, ...(signal ? { signal } : {}) });
  };
  for await (const { pixels, count } of oneAhead(batches, prepare)) {
    const features = await encoder.images(pixels, count, signal);
    yield normalize ? normaliseRows(features, info.dim) : features;
  }
}

/** Decodes and prepares pictures; `first` is the place of the first one in the caller's list. */
async function preparedBatch(
  config: ClipParts['config']['pixels'],
  images: readonly ImageInput[],
  first: number,
  options: DecodeOptions,
): Promise<{ pixels: Float32Array; count: number }> {
  const length = 3 * config.size * config.size;
  const pixels = new Float32Array(images.length * length);
  let done = 0;
  try {
    for await (const image of decodeImages(images, options)) {
      preprocess(image, config, pixels, done * length);
      done += 1;
    }
  } catch (error) {
    throw movedBy(first, error);
  }
  return { pixels, count: images.length };
}

/** An error of a picture, its place counted in the whole list. */
function movedBy(first: number, error: unknown): unknown {
  if (!(error instanceof TuwenError) || first === 0) return error;
  const value = error.value as { index?: number };
  if (value.index === undefined) return error;
  return new TuwenError(error.code, { ...value, index: value.index + first } as never, {
    cause: error.cause,
  });
}
