import { dataFault } from '../faults.ts';
import { recordLines } from '../files/lines.ts';
import { openStoredFile } from '../files/stored-file.ts';
import { idKey, idOf } from '../id.ts';
import { decodeBase64 } from '../official/base64.ts';
import type { PictureSource } from '../set/sources.ts';
import type { Picture } from '../types.ts';
import { openCounted } from './count.ts';
import type { Lmdb } from './environment.ts';

const COUNT = 'num_images';

/**
 * The pictures of an LMDB `imgs`. In `file` order they come as `order` lists them, an id a line, where there is such a
 * file, for LMDB sorts its keys. Throws TUWEN_LMDB_INVALID, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE.
 */
export async function openLmdbPictures(folder: string, order: string | undefined): Promise<PictureSource> {
  const { lmdb, count } = await openCounted(folder, COUNT);
  return {
    count: async () => count,
    pictures: (wanted) =>
      wanted === 'file' && order !== undefined ? inOrderOf(order, lmdb) : inOrderOfKeys(lmdb),
    async picture(id) {
      const key = idKey(id);
      const value = key === COUNT ? undefined : await lmdb.get(key);
      return value && pictureOf(lmdb.path, key, async () => value);
    },
    close: () => lmdb.close(),
  };
}

async function* inOrderOfKeys(lmdb: Lmdb): AsyncGenerator<Picture> {
  for await (const { key, value } of lmdb.all()) {
    const text = key.toString('utf8');
    if (text !== COUNT) yield pictureOf(lmdb.path, text, value);
  }
}

async function* inOrderOf(path: string, lmdb: Lmdb): AsyncGenerator<Picture> {
  const file = await openStoredFile(path);
  try {
    for await (const { bytes, number } of recordLines(file)) {
      const key = bytes.toString('utf8');
      const value = await lmdb.get(key);
      if (value === undefined) throw dataFault(path, 'missing-picture', { line: number, about: key });
      yield pictureOf(lmdb.path, key, async () => value);
    }
  } finally {
    await file.close();
  }
}

function pictureOf(path: string, key: string, base64: () => Promise<Buffer>): Picture {
  return {
    id: idOf(key),
    source: `${path} (${key})`,
    path,
    async bytes() {
      const bytes = decodeBase64(await base64());
      if (bytes === undefined) throw dataFault(path, 'bad-base64', { about: key });
      return bytes;
    },
    base64,
  };
}
