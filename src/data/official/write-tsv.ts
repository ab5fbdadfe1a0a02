import { join } from 'node:path';
import { idKey } from '../id.ts';
import { AppendFile } from '../write/append-file.ts';
import type { FormWriter } from '../write/types.ts';
import { openTextsWriter } from './write-texts.ts';

/** `{split}_imgs.tsv` and `{split}_texts.jsonl`. */
export const tsvWriter: FormWriter = {
  form: 'tsv',
  captioned: false,
  async open(folder, split, state = {}) {
    const pictures = await AppendFile.open(join(folder, `${split}_imgs.tsv`), state.pictures as number);
    const texts = await openTextsWriter(folder, split, state.texts);
    return {
      async picture(picture) {
        await pictures.append(`${idKey(picture.id)}\t`);
        await pictures.append(await picture.base64());
        await pictures.append('\n');
      },
      text: (text) => texts.text(text),
      checkpoint: async () => ({ pictures: await pictures.flush(), texts: await texts.flush() }),
      async finish() {
        await pictures.flush();
        await texts.flush();
      },
      close: async () => void (await Promise.all([pictures.close(), texts.close()])),
    };
  },
};
