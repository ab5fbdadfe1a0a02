import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printLine } from '../official/json-line.ts';
import { openTextsWriter } from '../official/write-texts.ts';
import { fileNameOf } from '../pictures/file-name.ts';
import { extensionOf } from '../pictures/kinds.ts';
import { spellingOf } from '../pictures/spelling.ts';
import { AppendFile, writing } from '../write/append-file.ts';
import type { FormWriter } from '../write/types.ts';

interface State {
  readonly table?: number;
  readonly texts?: number;
}

/** `{split}/` with picture files and `metadata.jsonl`, and the annotations beside it. */
export const folderWriter: FormWriter = {
  form: 'folder',
  captioned: true,
  async open(root, split, state: State = {}) {
    const folder = join(root, split);
    await writing(folder, () => mkdir(folder, { recursive: true }));
    const table = await AppendFile.open(join(folder, 'metadata.jsonl'), state.table);
    const texts = await openTextsWriter(root, split, state.texts);
    return {
      async picture(picture, bytes, described) {
        const name = `${fileNameOf(picture.id)}.${extensionOf(bytes)}`;
        const path = join(folder, name);
        await writing(path, () => writeFile(path, bytes));
        const captions = described.map(({ text }) => text);
        const base64 = await spellingOf(picture, bytes);
        await table.append(`${printLine({ file_name: name, image_id: picture.id, captions, base64 })}\n`);
      },
      text: (text) => texts.text(text),
      checkpoint: async () => ({ table: await table.flush(), texts: await texts.flush() }),
      async finish() {
        await table.flush();
        await texts.flush();
      },
      close: async () => void (await Promise.all([table.close(), texts.close()])),
    };
  },
};
