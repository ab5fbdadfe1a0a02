/** Folders whose names tell sets and models apart, and stay the same from run to run. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelIdentity } from './model-identity.ts';
import type { HashedFile } from './sets/types.ts';

export function setFolder(set: {
  readonly name: string;
  readonly split: string;
  readonly files: readonly HashedFile[];
}): string {
  const hash = createHash('sha256').update(set.files.map(({ sha256 }) => sha256).join());
  return fileName(`${set.name}-${set.split || 'all'}-${hash.digest('hex').slice(0, 8)}`);
}

export function modelFolder({ name, precision, sha256 }: ModelIdentity): string {
  return fileName(`${basename(name)}-${precision}-${sha256.slice(0, 8)}`);
}

/** Letters, digits and a few signs. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-');
}
