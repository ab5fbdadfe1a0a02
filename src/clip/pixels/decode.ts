import { TuwenError, throwIfAborted } from '../../base/index.ts';
import { toRgb } from './convert.ts';
import { type DecodeBytesOptions, decodeBytes } from './decode-bytes.ts';
import { pixelsOf } from './raw.ts';
import { type EncodedImage, nameOf, type ReadOptions, readBytes } from './source.ts';
import type { Pixels, RawImage, RgbImage } from './types.ts';

/** Whatever a caller may mean by a picture. */
export type ImageInput = EncodedImage | RawImage;

export interface DecodeOptions extends ReadOptions, DecodeBytesOptions {}

/**
 * Decodes a picture to the pixels Pillow would have: no colour profile applied, CMYK and 16-bit grey kept as they are,
 * the first frame of an animation. A TIFF is always upright.
 *
 * @throws TUWEN_IMAGE_MISSING, TUWEN_IMAGE_UNREADABLE (no picture, cut off), TUWEN_IMAGE_TOO_LARGE,
 *   TUWEN_IMAGE_NOT_FETCHED, TUWEN_IMAGE_INPUT, TUWEN_CANCELLED; `value.source` names the picture.
 */
export async function decodeImage(input: ImageInput, options: DecodeOptions = {}): Promise<Pixels> {
  if (isRaw(input)) return pixelsOf(input);
  const source = nameOf(input);
  if (!isEncoded(input)) throw new TuwenError('TUWEN_IMAGE_INPUT', { source, reason: `got ${source}` });
  throwIfAborted('reading', options.signal, source);
  const bytes = await readBytes(input, options);
  throwIfAborted('reading', options.signal, source);
  try {
    return await decodeBytes(bytes, source, options);
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    const reason = (cause as Error).message.split('\n')[0]!;
    throw new TuwenError('TUWEN_IMAGE_UNREADABLE', { source, reason }, { cause });
  }
}

/** A picture decoded once for several calls: upright, RGB. Errors as `decodeImage`. */
export async function loadImage(input: ImageInput, options: DecodeOptions = {}): Promise<RgbImage> {
  return toRgb(await decodeImage(input, { orient: true, ...options }));
}

/**
 * Decodes pictures in their order, at most `ahead` (4) of them before they are asked for. An error carries
 * `value.index`, the place of the picture it is about.
 */
export async function* decodeImages(
  inputs: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  { ahead = 4, ...options }: DecodeOptions & { ahead?: number } = {},
): AsyncGenerator<Pixels, void, undefined> {
  const pending: Promise<Pixels>[] = [];
  let index = 0;
  for await (const input of inputs) {
    const decoding = decodeImage(input, options).catch(rethrowAt(index++));
    decoding.catch(() => {}); // Reported when its turn comes.
    pending.push(decoding);
    if (pending.length > ahead) yield await pending.shift()!;
  }
  for (const decoding of pending) yield await decoding;
}

function rethrowAt(index: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TuwenError)) throw error;
    throw new TuwenError(error.code, { ...(error.value as object), index } as never, { cause: error.cause });
  };
}

function isEncoded(input: unknown): input is EncodedImage {
  return (
    typeof input === 'string' ||
    input instanceof URL ||
    input instanceof Uint8Array ||
    input instanceof ArrayBuffer ||
    input instanceof Blob
  );
}

function isRaw(input: ImageInput): input is RawImage {
  return typeof input === 'object' && input !== null && 'data' in input && 'channels' in input;
}
