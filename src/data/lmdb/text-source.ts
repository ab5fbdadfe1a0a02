import { checkPlace } from '../official/annotation-file.ts';
import type { TextSource } from '../set/sources.ts';
import type { Id, Pair, TextRecord } from '../types.ts';
import { openCounted } from './count.ts';
import type { Lmdb } from './environment.ts';
import { lmdbFaults } from './fault.ts';
import { readPair } from './read-pair.ts';

const COUNT = 'num_samples';

/**
 * The pairs of an LMDB `pairs`. Its texts are those of `annotations`, where there are any; otherwise neighbouring pairs
 * of one text are taken as one. Throws TUWEN_LMDB_INVALID, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE.
 */
export async function openLmdbTexts(
  folder: string,
  annotations: TextSource | undefined,
): Promise<TextSource> {
  const { lmdb, count } = await openCounted(folder, COUNT).catch(async (error) => {
    await annotations?.close();
    throw error;
  });
  const pairs = () => inOrder(lmdb, count);
  const texts = () => annotations?.texts() ?? gatheredTexts(lmdb.path, pairs());
  return {
    files: annotations?.files ?? [lmdb.path],
    pairs,
    texts,
    scan: () => annotations?.scan?.() ?? texts(),
    async counts() {
      if (annotations) return { ...(await annotations.counts()), pairs: count };
      let number = 0;
      for await (const _ of texts()) number += 1;
      return { texts: number, pairs: count };
    },
    async pair(index) {
      checkPlace(index, count);
      return pairAt(lmdb, index);
    },
    async close() {
      await Promise.all([lmdb.close(), annotations?.close()]);
    },
  };
}

async function pairAt(lmdb: Lmdb, index: number): Promise<Pair> {
  const fail = lmdbFaults(lmdb.path);
  const value = await lmdb.get(String(index));
  if (value === undefined) throw fail('missing-key', String(index));
  const pair = readPair(value);
  if (pair === undefined) throw fail('bad-pair', String(index));
  return pair;
}

async function* inOrder(lmdb: Lmdb, count: number): AsyncGenerator<Pair> {
  for (let index = 0; index < count; index++) yield await pairAt(lmdb, index);
}

async function* gatheredTexts(path: string, pairs: AsyncIterable<Pair>): AsyncGenerator<TextRecord> {
  let current: { id: Id; text: string; imageIds: Id[] } | undefined;
  for await (const { imageId, textId, text } of pairs) {
    if (current?.id === textId && current.text === text) current.imageIds.push(imageId);
    else {
      if (current) yield { ...current, fields: {}, path };
      current = { id: textId, text, imageIds: [imageId] };
    }
  }
  if (current) yield { ...current, fields: {}, path };
}
