/** The pictures of a collection themselves: small, or as they are. */
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { fileError, TuwenError } from '../../base/index.ts';
import { formatOf, type ImageFormat } from '../../clip/index.ts';
import type { Item } from '../../search/index.ts';
import { THUMBNAIL_SIZES, thumbnail, thumbnailSize } from '../collections/thumbnails.ts';
import { createLimiter } from '../work/limiter.ts';
import { item as itemSchema } from './items.ts';
import { type ReadRequest, readRoute } from './route.ts';

/** How many thumbnails are made at a time. */
const MADE_AT_ONCE = 2;
const limiter = createLimiter(MADE_AT_ONCE);

const SIZE = 256;

/** The first bytes of a file, by which its format is told. */
const HEAD = 64;

const TYPES: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  tiff: 'image/tiff',
  avif: 'image/avif',
  heic: 'image/heic',
  bmp: 'image/bmp',
  pnm: 'image/x-portable-anymap',
};

async function itemOf({ service, parameters }: ReadRequest): Promise<Item> {
  const { collection } = await service.model(undefined).collections.open(parameters.name);
  const item = await collection.get(parameters.id!);
  if (item !== undefined) return item;
  throw new TuwenError('TUWEN_ITEM_UNKNOWN', { collection: collection.name, id: parameters.id! });
}

export const itemRoute = readRoute({
  path: '/v1/collections/:name/items/:id',
  summary: 'An item of a collection',
  response: itemSchema,
  answer: async (request) => Response.json(await itemOf(request)),
});

export const thumbnailRoute = readRoute({
  path: '/v1/collections/:name/items/:id/thumbnail',
  summary: `A small picture of an item, its longest side ${THUMBNAIL_SIZES.join(', ')} pixels`,
  response: 'image/webp',
  parameters: { size: z.coerce.number().min(1).max(10_000).optional() },
  async answer(request) {
    const item = await itemOf(request);
    const size = thumbnailSize((request.query as { size?: number }).size ?? SIZE);
    const maxPixels = request.service.limits.pixels;
    const { signal } = request;
    return tagged(request, `${item.hash}-${size}`, async () => {
      const body = await thumbnail(item, size, { maxPixels, limiter, signal });
      return { body, headers: { 'content-type': 'image/webp' } };
    });
  },
});

export const originalRoute = readRoute({
  path: '/v1/collections/:name/items/:id/original',
  summary: 'The file of an item',
  response: 'image/*',
  async answer(request) {
    const item = await itemOf(request);
    return tagged(request, item.hash, async () => {
      const file = await open(item.path).catch((cause) => {
        throw fileError(item.path, cause);
      });
      try {
        return await original(item, file);
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  },
});

interface Content {
  readonly body: BodyInit;
  readonly headers: Readonly<Record<string, string>>;
}

/** What lies at the item's path may have changed since: only a picture is sent. */
async function original({ path }: Item, file: FileHandle): Promise<Content> {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
  const format = formatOf(buffer.subarray(0, bytesRead));
  if (format === undefined)
    throw new TuwenError('TUWEN_IMAGE_UNREADABLE', {
      source: path,
      reason: 'its bytes are not those of a picture',
    });
  const stream = Readable.toWeb(file.createReadStream({ start: 0 })) as ReadableStream;
  return { body: stream, headers: { 'content-type': TYPES[format], 'content-length': String(size) } };
}

/** Sends a picture only to callers who do not have it yet; its tag changes with what it shows. */
async function tagged(
  { request }: ReadRequest,
  content: string,
  make: () => Promise<Content>,
): Promise<Response> {
  const etag = `"${content}"`;
  const cache = {
    etag,
    'cache-control': 'private, max-age=3600',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; sandbox",
  };
  if (request.headers.get('if-none-match') === etag)
    return new Response(null, { status: 304, headers: cache });
  const { body, headers } = await make();
  return new Response(body, { headers: { ...headers, ...cache } });
}
