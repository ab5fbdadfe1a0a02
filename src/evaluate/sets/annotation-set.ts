import { basename, dirname, resolve } from 'node:path';
import { sha256Of } from '../model-identity.ts';
import { annotationTexts } from './annotation-file.ts';
import type { HashedFile, RetrievalSet } from './types.ts';

/** An annotation file as a set without pictures, for features that are there already. */
export async function annotationSet(path: string): Promise<RetrievalSet> {
  const [, name, split] = /^(?:(.*?)[_-])?([^_-]*)_texts\.jsonl$/i.exec(basename(path)) ?? [];
  const files: HashedFile[] = [{ path, sha256: await sha256Of(path) }];
  return {
    name: name || basename(dirname(resolve(path))),
    path,
    split: split || 'test',
    files,
    async *pictures() {},
    texts: () => annotationTexts(path),
  };
}
