/** Small pictures of a collection's items, made once and kept on disk by what the file holds. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { home, openTemporaryFile } from '../../base/index.ts';
import { loadImage } from '../../clip/index.ts';
import type { Item } from '../../search/index.ts';
import type { Limiter } from '../work/limiter.ts';

/** Longest sides that are made, in pixels. */
export const THUMBNAIL_SIZES = [128, 256, 512, 1024] as const;

const QUALITY = 80;

export interface ThumbnailOptions {
  readonly maxPixels: number;
  /** How many are made at a time. */
  readonly limiter: Limiter;
  readonly signal: AbortSignal;
}

/** The smallest size that is at least what is asked for, or the largest. */
export function thumbnailSize(asked: number): number {
  return THUMBNAIL_SIZES.find((size) => size >= asked) ?? THUMBNAIL_SIZES.at(-1)!;
}

/** A WebP picture of an item, upright, its longest side at most `size`. Throws the errors of pictures. */
export async function thumbnail(
  item: Item,
  size: number,
  options: ThumbnailOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = placeOf(item.hash, size);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined) return new Uint8Array(kept);
  return options.limiter(async () => {
    const bytes = await make(item.path, size, options);
    await keep(path, bytes);
    return new Uint8Array(bytes);
  }, options.signal);
}

/** Tuwen's own folder holds them by the hash of the picture, whatever collections it is in. */
function placeOf(hash: string, size: number): string {
  return join(home(), 'thumbnails', hash.slice(0, 2), `${hash.slice(2)}-${size}.webp`);
}

async function make(path: string, size: number, { maxPixels }: ThumbnailOptions): Promise<Buffer> {
  const small = (picture: Sharp) =>
    picture
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: QUALITY })
      .toBuffer();
  try {
    // The quick way: JPEGs are shrunk while they are decoded.
    return await small(sharp(path, { limitInputPixels: maxPixels, failOn: 'error' }).rotate());
  } catch {
    // BMP and HEIC, which sharp lacks, and pictures nobody can read, with an error of ours.
    const { data, width, height, channels } = await loadImage(path, { maxPixels });
    return small(sharp(data, { raw: { width, height, channels } }));
  }
}

/** What cannot be kept is made again the next time. */
async function keep(path: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await openTemporaryFile(path);
    await file.append(bytes);
    await file.commit();
  } catch {}
}
