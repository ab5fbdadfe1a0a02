import type { DataSet } from '../../data/index.ts';
import type { RetrievalSet } from './types.ts';

/**
 * A data set of any form as a set for retrieval, its pictures in the order in which the official evaluation reads them:
 * by the bytes of their ids in an LMDB, as they are stored elsewhere.
 */
export async function retrievalSet(data: DataSet): Promise<RetrievalSet> {
  const { name, path, split } = data;
  const [{ pictures: pictureCount }, files] = [await data.counts(), await data.hashes()];
  return {
    name,
    path,
    split,
    files,
    pictureCount,
    async *pictures() {
      for await (const { id, source, bytes } of data.pictures(data.form === 'lmdb' ? 'key' : 'file')) {
        yield { id, source, input: bytes };
      }
    },
    texts: () => data.texts(),
  };
}
