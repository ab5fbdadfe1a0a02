import { toRgb } from './convert.ts';
import { pixelsOf } from './raw.ts';
import type { Pixels } from './types.ts';

/** Handles of libheif's own objects. */
type Handle = object;

interface Failure {
  readonly code: unknown;
  readonly message: string;
}

interface Channel {
  readonly id: unknown;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly data: Uint8Array;
}

/**
 * What is used of libheif, whose functions have their C names. Its classes are not used: they write what fails to
 * standard output.
 */
interface Libheif {
  readonly heif_error_code: { readonly heif_error_Ok: unknown };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: unknown };
  readonly heif_channel: { readonly heif_channel_interleaved: unknown };
  heif_context_alloc(): Handle;
  heif_context_free(context: Handle): void;
  heif_context_read_from_memory(context: Handle, bytes: Uint8Array): Failure;
  heif_js_context_get_primary_image_handle(context: Handle): Handle | Failure;
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_image_handle_release(handle: Handle): void;
  heif_js_decode_image2(
    handle: Handle,
    space: unknown,
    chroma: unknown,
  ): Promise<Failure | { readonly channels: readonly Channel[]; readonly image: Handle }>;
  heif_image_release(image: Handle): void;
}

/**
 * The first picture of a HEIC file, as phones write them; always upright, since the file's own turns are part of the
 * format. Needs the optional package `libheif-js`. `checkSize` is asked before anything of that size is allocated.
 */
export async function decodeHeic(
  bytes: Uint8Array,
  checkSize: (width: number, height: number) => void,
): Promise<Pixels> {
  const heif = await libheif();
  const context = heif.heif_context_alloc();
  try {
    const read = heif.heif_context_read_from_memory(context, bytes);
    if (read.code !== heif.heif_error_code.heif_error_Ok) throw failure(read);
    const handle = checked(heif.heif_js_context_get_primary_image_handle(context));
    try {
      checkSize(heif.heif_image_handle_get_width(handle), heif.heif_image_handle_get_height(handle));
      return await decoded(heif, handle);
    } finally {
      heif.heif_image_handle_release(handle);
    }
  } finally {
    heif.heif_context_free(context);
  }
}

async function decoded(heif: Libheif, handle: Handle): Promise<Pixels> {
  const { heif_colorspace_RGB } = heif.heif_colorspace;
  const { heif_chroma_interleaved_RGBA } = heif.heif_chroma;
  const { channels, image } = checked(
    await heif.heif_js_decode_image2(handle, heif_colorspace_RGB, heif_chroma_interleaved_RGBA),
  );
  try {
    const channel = channels.find(({ id }) => id === heif.heif_channel.heif_channel_interleaved);
    if (channel === undefined) throw new Error('HEIC: no colours');
    const { width, height, stride, data } = channel;
    const out = new Uint8Array(width * height * 4);
    for (let y = 0; y < height; y++)
      out.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4);
    return pixelsOf(toRgb(pixelsOf({ data: out, width, height, channels: 4 })));
  } finally {
    heif.heif_image_release(image);
  }
}

/** Functions give either what was asked for or a failure. */
function checked<T extends object>(result: T | Failure | undefined): Exclude<T, Failure> {
  if (!result || ('code' in result && result.code)) throw failure(result as Failure | undefined);
  return result as Exclude<T, Failure>;
}

function failure(reason: Failure | undefined): Error {
  return new Error(`HEIC: ${reason?.message ?? 'no picture'}`);
}

let loading: Promise<Libheif> | undefined;

async function libheif(): Promise<Libheif> {
  const name: string = 'libheif-js/wasm-bundle.js';
  loading ??= import(name).then(({ default: library }: { default: Libheif }) => library);
  try {
    return await loading;
  } catch (cause) {
    loading = undefined;
    throw new Error('HEIC needs the optional package libheif-js: npm install libheif-js', { cause });
  }
}
