import { join } from 'node:path';
import { printLine } from '../official/json-line.ts';
import { openTextsWriter } from '../official/write-texts.ts';
import { fileNameOf } from '../pictures/file-name.ts';
import { extensionOf } from '../pictures/kinds.ts';
import { spellingOf } from '../pictures/spelling.ts';
import { AppendFile } from '../write/append-file.ts';
import type { FormWriter } from '../write/types.ts';
import { BLOCK, tarHeader } from './tar.ts';

/** A shard is full with this many bytes or samples. */
const SHARD_BYTES = 2 ** 30;
const SHARD_SAMPLES = 10_000;

interface State {
  readonly shard?: number;
  readonly samples?: number;
  readonly length?: number;
  readonly texts?: number;
}

/**
 * Shards `{split}-000000.tar` of samples with the picture, its first caption as `.txt` and all of them in `.json`, as
 * WebDataset and open_clip read them, and the annotations beside them.
 */
export const webDatasetWriter: FormWriter = {
  form: 'webdataset',
  captioned: true,
  async open(folder, split, state: State = {}) {
    const openShard = (number: number, length = 0) =>
      AppendFile.open(join(folder, `${split}-${String(number).padStart(6, '0')}.tar`), length);
    let { shard = 0, samples = 0 } = state;
    let file = await openShard(shard, state.length);
    const texts = await openTextsWriter(folder, split, state.texts);
    const member = async (name: string, bytes: Uint8Array) => {
      await file.append(tarHeader(name, bytes.byteLength));
      await file.append(bytes);
      await file.append(Buffer.alloc((BLOCK - (bytes.byteLength % BLOCK)) % BLOCK));
    };
    const end = async () => {
      await file.append(Buffer.alloc(2 * BLOCK));
      await file.flush();
      await file.close();
    };
    return {
      async picture(picture, bytes, described) {
        if (samples === SHARD_SAMPLES || file.length >= SHARD_BYTES) {
          await end();
          samples = 0;
          file = await openShard(++shard);
        }
        const key = fileNameOf(picture.id);
        const captions = described.map(({ text }) => text);
        const base64 = await spellingOf(picture, bytes);
        await member(`${key}.${extensionOf(bytes)}`, bytes);
        if (captions[0] !== undefined) await member(`${key}.txt`, Buffer.from(captions[0]));
        const record = { image_id: picture.id, captions, base64 };
        await member(`${key}.json`, Buffer.from(printLine(record)));
        samples += 1;
      },
      text: (text) => texts.text(text),
      checkpoint: async () => ({
        ...{ shard, samples },
        ...{ length: await file.flush(), texts: await texts.flush() },
      }),
      async finish() {
        await end();
        await texts.flush();
      },
      close: async () => {
        await file.close().catch(() => {});
        await texts.close();
      },
    };
  },
};
