import type { DataSet, Form } from '../../data/index.ts';
import type { RetrievalSet } from './types.ts';

/** The forms of the official data sets. */
const OFFICIAL: readonly Form[] = ['tsv', 'lmdb'];

/**
 * A data set of any form as a set for retrieval. Pictures of the official forms come by the bytes of their ids, since the
 * official evaluation reads them from an LMDB; those of other forms as they are stored.
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
      for await (const { id, source, bytes } of data.pictures(
        OFFICIAL.includes(data.form) ? 'key' : 'file',
      )) {
        yield { id, source, input: bytes };
      }
    },
    texts: () => data.texts(),
  };
}
