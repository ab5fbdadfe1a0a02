/** Pictures as requests carry them: base64, a data: URL or, where that is switched on, an address. */
import { TuwenError } from '../../base/index.ts';
import type { Clip, RgbImage } from '../../clip/index.ts';
import { type SafeFetchOptions, safeFetch } from '../fetch/safe-fetch.ts';
import type { Limits } from '../options.ts';

/** A picture of a request, and the field it stood in, by which errors name it. */
export interface PictureItem {
  readonly image: string;
  readonly field: string;
}

export interface PictureSettings {
  readonly limits: Limits;
  readonly allowImageUrls: boolean;
  /** How addresses are fetched: another resolver, for tests. */
  readonly fetching?: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>;
}

/**
 * Reads, decodes and resizes a picture. No file of this machine is ever read.
 *
 * @throws TUWEN_URL_REFUSED, TUWEN_IMAGE_INPUT, TUWEN_IMAGE_UNREADABLE, TUWEN_IMAGE_TOO_LARGE, TUWEN_IMAGE_NOT_FETCHED,
 *   TUWEN_CANCELLED; `value.source` is the field
 */
export async function preparedPicture(
  clip: Clip,
  { image, field }: PictureItem,
  settings: PictureSettings,
  signal: AbortSignal,
): Promise<RgbImage> {
  const bytes = await pictureBytes(image, field, settings, signal);
  try {
    return await clip.prepareImage(bytes, { maxPixels: settings.limits.pixels, signal });
  } catch (error) {
    throw named(field, error);
  }
}

async function pictureBytes(
  image: string,
  field: string,
  { allowImageUrls, limits, fetching }: PictureSettings,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (/^https?:/i.test(image)) {
    if (!allowImageUrls) throw new TuwenError('TUWEN_URL_REFUSED', { source: field, reason: 'off' });
    const bounds = { maxBytes: limits.fetchBytes, timeout: limits.fetchTime };
    return safeFetch(image, { ...bounds, source: field, signal, ...fetching });
  }
  return fromBase64(base64Of(image, field), field);
}

/** What stands behind `data:…;base64,`, or the whole text. */
function base64Of(image: string, field: string): string {
  if (!/^data:/i.test(image)) return image;
  const comma = image.indexOf(',');
  if (comma < 0 || !/;base64$/i.test(image.slice(0, comma))) {
    throw new TuwenError('TUWEN_IMAGE_INPUT', { source: field, reason: 'a data: URL must be base64' });
  }
  return image.slice(comma + 1);
}

/** Either alphabet of RFC 4648, with or without padding; white space does not count. */
function fromBase64(text: string, field: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits !== '' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(digits)) return Buffer.from(digits, 'base64');
  const reason = 'neither base64 nor a data: URL';
  throw new TuwenError('TUWEN_IMAGE_INPUT', { source: field, reason });
}

/** The error of a picture, by the field it stood in: how its bytes came means nothing to the caller. */
function named(field: string, error: unknown): unknown {
  if (!(error instanceof TuwenError)) return error;
  const { index: _, ...value } = error.value as { source?: string; index?: number };
  if (value.source === undefined) return error;
  return new TuwenError(error.code, { ...value, source: field } as never, { cause: error.cause });
}
