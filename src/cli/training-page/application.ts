/** What the page of a training run asks for: its log as it grows, its settings, and pictures of the validation data. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import sharp from 'sharp';
import type { DataSet, Id } from '../../data/index.ts';
import { isLoopback, type Page, pageResponse } from '../../server/index.ts';

export interface TrainingPageOptions {
  /** The folder of the run. */
  readonly folder: string;
  /** Files for the browser by their paths. */
  readonly pages: ReadonlyMap<string, Page>;
  /** The validation data; absent where there are none. */
  readonly pictures?: Pick<DataSet, 'picture'>;
}

/** How much of a log one answer holds, in bytes. */
const CHUNK = 2 ** 21;
/** The longer side of a thumbnail, in pixels. */
const THUMBNAIL = 192;
/** How many thumbnails are kept. */
const KEPT = 256;

export function trainingPage({ folder, pages, pictures }: TrainingPageOptions): Hono {
  const app = new Hono();
  const thumbnails = new Map<string, Promise<Uint8Array<ArrayBuffer> | undefined>>();

  // Only this machine may ask, and no web page by a name of its own that leads here.
  app.use(async (context, next) => {
    const { hostname } = new URL(context.req.url);
    return isLoopback(hostname.replace(/^\[|\]$/g, '')) ? next() : context.body(null, 403);
  });
  app.get('/api/log', async (context) => {
    const from = Number(context.req.query('from') ?? 0);
    if (!Number.isSafeInteger(from) || from < 0) return context.body(null, 400);
    return context.json(await logFrom(join(folder, 'log.jsonl'), from));
  });
  app.get('/api/settings', async (context) =>
    context.json(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))),
  );
  app.get('/api/picture', async (context) => {
    const id = context.req.query('id');
    if (id === undefined || !pictures) return context.body(null, 404);
    const thumbnail = thumbnails.get(id) ?? thumbnailOf(pictures, id);
    if (thumbnails.size < KEPT) thumbnails.set(id, thumbnail);
    const body = await thumbnail;
    return body ? context.body(body, 200, { 'content-type': 'image/webp' }) : context.body(null, 404);
  });
  app.get('*', (context) => {
    const { path } = context.req;
    const page = pages.get(path === '/' ? '/training/index.html' : path);
    return page ? pageResponse(page) : context.body(null, 404);
  });
  return app;
}

/** The whole lines of a log from a place on, and the place after them; a run that has not begun has none. */
async function logFrom(path: string, from: number): Promise<{ events: unknown[]; next: number }> {
  const file = await open(path).catch(() => undefined);
  if (!file) return { events: [], next: 0 };
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, from);
    const end = buffer.subarray(0, bytesRead).lastIndexOf('\n'.charCodeAt(0)) + 1;
    const lines = buffer.subarray(0, end).toString().split('\n').filter(Boolean);
    return { events: lines.map((line) => JSON.parse(line)), next: from + end };
  } finally {
    await file.close();
  }
}

async function thumbnailOf(
  pictures: Pick<DataSet, 'picture'>,
  text: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  for (const id of idsOf(text)) {
    const found = await pictures.picture(id);
    if (!found) continue;
    const size = { width: THUMBNAIL, height: THUMBNAIL, fit: 'inside', withoutEnlargement: true } as const;
    const made = sharp(await found.bytes())
      .resize(size)
      .webp();
    return made.toBuffer().then(
      (bytes) => new Uint8Array(bytes),
      () => undefined,
    );
  }
  return undefined;
}

/** The ids that a text may stand for. */
function idsOf(text: string): Id[] {
  if (!/^\d{1,20}$/.test(text)) return [text];
  return [Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text), text];
}
