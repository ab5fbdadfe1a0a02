import { join } from 'node:path';
import { idKey } from '../id.ts';
import { openTextsWriter } from '../official/write-texts.ts';
import { AppendFile } from '../write/append-file.ts';
import type { FormWriter, SplitWriter, WriterState } from '../write/types.ts';
import { orderName } from './find.ts';
import { writePair } from './write-pair.ts';
import { type LmdbState, openLmdbWriter } from './writer.ts';

/** `lmdb/{split}/imgs` and `pairs` as the official script makes them, with the annotations and the pictures' order. */
export const lmdbWriter: FormWriter = {
  form: 'lmdb',
  captioned: false,
  async open(folder, split, state) {
    const lmdbs = await openLmdbs(join(folder, 'lmdb', split), state);
    const order = await AppendFile.open(join(folder, orderName(split)), state?.order as number);
    const texts = await openTextsWriter(folder, split, state?.texts);
    return {
      async picture(picture, bytes, none) {
        await lmdbs.picture(picture, bytes, none);
        await order.append(`${idKey(picture.id)}\n`);
      },
      async text(text) {
        await lmdbs.text(text);
        await texts.text(text);
      },
      async checkpoint() {
        const lengths = { order: await order.flush(), texts: await texts.flush() };
        return { ...lengths, ...(await lmdbs.checkpoint()) };
      },
      async finish() {
        await order.flush();
        await texts.flush();
        await lmdbs.finish();
      },
      close: async () => void (await Promise.all([lmdbs.close(), order.close(), texts.close()])),
    };
  },
};

/** `{split}/imgs` and `pairs` alone, for a folder that has the annotations: what the official script writes. */
export const lmdbOnlyWriter: FormWriter = {
  form: 'lmdb',
  captioned: false,
  open: (folder, split, state) => openLmdbs(join(folder, split), state),
};

async function openLmdbs(folder: string, state: WriterState = {}): Promise<SplitWriter> {
  const imgs = await openLmdbWriter(join(folder, 'imgs'), state.imgs as LmdbState | undefined);
  const pairs = await openLmdbWriter(join(folder, 'pairs'), state.pairs as LmdbState | undefined);
  let pictureCount = (state.pictureCount as number | undefined) ?? 0;
  let pairCount = (state.pairCount as number | undefined) ?? 0;
  return {
    async picture(picture) {
      await imgs.put(idKey(picture.id), await picture.base64());
      pictureCount += 1;
    },
    async text({ id, text, imageIds }) {
      for (const imageId of imageIds) {
        await pairs.put(String(pairCount++), writePair({ imageId, textId: id, text }));
      }
    },
    async checkpoint() {
      return { imgs: await imgs.checkpoint(), pairs: await pairs.checkpoint(), pictureCount, pairCount };
    },
    async finish() {
      await imgs.put('num_images', Buffer.from(String(pictureCount)));
      await imgs.finish();
      await pairs.put('num_samples', Buffer.from(String(pairCount)));
      await pairs.finish();
    },
    close: async () => void (await Promise.all([imgs.close(), pairs.close()])),
  };
}
