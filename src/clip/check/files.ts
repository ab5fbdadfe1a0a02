/** Files held against hashes that were announced for them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, throwIfAborted } from '../../base/index.ts';
import { type CheckResult, judged, skipped } from './types.ts';

/** Of a file's content: SHA-256, or git's object id, in hexadecimal. */
export type Announced = ReadonlyMap<string, string>;

/** Reads the files and holds each against its hash. Throws TUWEN_FILE_UNREADABLE, TUWEN_FILE_MISSING, TUWEN_CANCELLED. */
export async function checkFiles(announced: Announced, signal?: AbortSignal): Promise<CheckResult> {
  if (announced.size === 0) return skipped('files', 'hashes-unknown');
  const wrong: string[] = [];
  for (const [path, hex] of announced) {
    if ((await contentHash(path, hex.length, signal)) !== hex) wrong.push(basename(path));
  }
  return judged('files', announced.size, wrong);
}

/**
 * The hashes of a model's files in Hugging Face's cache, where each is a link to a content that has its hash for a name;
 * elsewhere none.
 */
export async function hashesInCache(model: string): Promise<Announced> {
  const folder = (await stat(model)).isDirectory() ? model : dirname(model);
  const hashes = new Map<string, string>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const target = await realpath(path).catch(() => path);
    const hex = basename(target);
    if (basename(dirname(target)) === 'blobs' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hex))
      hashes.set(path, hex);
  }
  return hashes;
}

const SHA256_DIGITS = 64;

async function contentHash(path: string, digits: number, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash(digits === SHA256_DIGITS ? 'sha256' : 'sha1');
  try {
    if (digits !== SHA256_DIGITS) hash.update(`blob ${(await stat(path)).size}\0`);
    const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) });
    for await (const part of stream as AsyncIterable<Uint8Array>) hash.update(part);
  } catch (cause) {
    throwIfAborted('reading', signal, path);
    throw fileError(path, cause);
  }
  return hash.digest('hex');
}
