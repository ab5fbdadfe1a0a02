import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileError, throwIfAborted } from '../../base/index.ts';
import type { RemoteFile } from './types.ts';

/** Takes a file's bytes in order and tells their hash as the hub counts it. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** In hexadecimal; ends the hasher. */
  digest(): string;
}

/** A hasher for a file of the size announced, of which nothing has been read. */
export function hasherFor({ bytes, hash }: RemoteFile): Hasher {
  const hasher = createHash(hash.algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (hash.algorithm === 'git-sha1') hasher.update(`blob ${bytes}\0`);
  return { update: (part) => void hasher.update(part), digest: () => hasher.digest('hex') };
}

/** Puts what lies in a file into a hasher; returns how many bytes that were. Throws TUWEN_CANCELLED, TUWEN_FILE_UNREADABLE. */
export async function hashFile(path: string, hasher: Hasher, signal?: AbortSignal): Promise<number> {
  let count = 0;
  try {
    const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) });
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      hasher.update(part);
      count += part.byteLength;
    }
  } catch (cause) {
    throwIfAborted('download', signal, path);
    throw fileError(path, cause);
  }
  return count;
}
