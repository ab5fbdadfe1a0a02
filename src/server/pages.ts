/** Files for browsers: the page, where it was built, and what documents the API. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface Page {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Its name holds a hash of what it is: it never changes. */
  readonly isImmutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of a folder by their paths from `/`, read now: no request ever names a file of the disk. */
export function pagesOf(folder: string): Map<string, Page> {
  const pages = new Map<string, Page>();
  if (!existsSync(folder)) return pages;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const from = path.slice(folder.length).replaceAll('\\', '/').replace(/^\/?/, '/');
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    const isImmutable = from.startsWith('/assets/');
    pages.set(from, { body: new Uint8Array(readFileSync(path)), type, isImmutable });
  }
  const index = pages.get('/index.html');
  if (index) pages.set('/', index);
  return pages;
}

export function pageResponse({ body, type, isImmutable }: Page): Response {
  return new Response(body, {
    headers: {
      'content-type': type,
      'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
    },
  });
}
