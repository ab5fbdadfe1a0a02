import { basename } from 'node:path';
import { TuwenError } from '../../base/index.ts';
import { hashFile } from '../files/hash.ts';
import type { DataSet, Form, Pair } from '../types.ts';
import type { PictureSource, TextSource } from './sources.ts';

interface Identity {
  readonly path: string;
  readonly form: Form;
  readonly split: string;
}

/** Opens the halves of a data set; where the second cannot be opened, the first is closed again. */
export async function openHalves(
  identity: Identity,
  openTexts: () => Promise<TextSource>,
  openPictures: () => Promise<PictureSource>,
): Promise<DataSet> {
  const texts = await openTexts();
  try {
    return dataSet(identity, await openPictures(), texts);
  } catch (error) {
    await texts.close();
    throw error;
  }
}

function dataSet(identity: Identity, pictures: PictureSource, texts: TextSource): DataSet {
  const close = async () => {
    await Promise.all([pictures.close(), texts.close()]);
  };
  return {
    ...identity,
    name: basename(identity.path),
    counts: async () => ({ pictures: await pictures.count(), ...(await texts.counts()) }),
    hashes: () => Promise.all(texts.files.map(hashFile)),
    pictures: (order = 'file') => pictures.pictures(order),
    picture: (id) => pictures.picture(id),
    texts: () => texts.texts(),
    scanPictures: () => scanned(pictures.scan?.() ?? pictures.pictures('file')),
    scanTexts: () => scanned(texts.scan?.() ?? texts.texts()),
    pairs: () => texts.pairs?.() ?? pairsOf(texts),
    pair: (index) => texts.pair(index),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function* pairsOf(source: TextSource): AsyncGenerator<Pair> {
  for await (const { id, text, imageIds } of source.texts()) {
    for (const imageId of imageIds) yield { imageId, textId: id, text };
  }
}

/** Ends with the error that ends the records. */
async function* scanned<T>(records: AsyncIterable<T | TuwenError>): AsyncGenerator<T | TuwenError> {
  try {
    yield* records;
  } catch (error) {
    if (!(error instanceof TuwenError)) throw error;
    yield error;
  }
}
