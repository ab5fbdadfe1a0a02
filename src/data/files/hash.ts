import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileError } from '../../base/index.ts';
import type { HashedFile } from '../types.ts';

/** A file's SHA-256, in hexadecimal digits. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function hashFile(path: string): Promise<HashedFile> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }))
      hash.update(chunk as Uint8Array);
  } catch (cause) {
    throw fileError(path, cause);
  }
  return { path, sha256: hash.digest('hex') };
}
