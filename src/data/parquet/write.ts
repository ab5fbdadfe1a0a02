import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { idKey } from '../id.ts';
import { openTextsWriter } from '../official/write-texts.ts';
import { fileNameOf } from '../pictures/file-name.ts';
import { extensionOf } from '../pictures/kinds.ts';
import { spellingOf } from '../pictures/spelling.ts';
import { AppendFile } from '../write/append-file.ts';
import type { FormWriter } from '../write/types.ts';

/** A file is full with this many bytes of pictures; rows wait in memory until then. */
const FILE_BYTES = 2 ** 26;
const GROUP_ROWS = 100;

interface State {
  readonly file?: number;
  readonly texts?: number;
}

interface Row {
  readonly image_id: string;
  readonly image: { readonly bytes: Uint8Array; readonly path: string };
  readonly captions: readonly string[];
  readonly base64: string | undefined;
}

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;

/** `image` is what the data sets of Hugging Face call an Image. */
const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 4 },
  { name: 'image_id', ...text, repetition_type: 'REQUIRED' },
  { name: 'image', repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  { name: 'path', ...text, repetition_type: 'OPTIONAL' },
  { name: 'captions', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', ...text, repetition_type: 'OPTIONAL' },
  { name: 'base64', ...text, repetition_type: 'OPTIONAL' },
];

/** `{split}-00000.parquet` with `image_id`, `image` and `captions`, and the annotations beside them. */
export const parquetWriter: FormWriter = {
  form: 'parquet',
  captioned: true,
  async open(folder, split, state: State = {}) {
    let { file = 0 } = state;
    let rows: Row[] = [];
    let bytesHeld = 0;
    const texts = await openTextsWriter(folder, split, state.texts);
    const write = async () => {
      if (rows.length === 0) return;
      const path = join(folder, `${split}-${String(file).padStart(5, '0')}.parquet`);
      const target = await AppendFile.open(path);
      await target.append(tableOf(rows));
      await target.flush();
      await target.close();
      file += 1;
      rows = [];
      bytesHeld = 0;
    };
    return {
      async picture(picture, bytes, described) {
        rows.push({
          image_id: idKey(picture.id),
          image: { bytes, path: `${fileNameOf(picture.id)}.${extensionOf(bytes)}` },
          captions: described.map((each) => each.text),
          base64: await spellingOf(picture, bytes),
        });
        bytesHeld += bytes.byteLength;
        if (bytesHeld >= FILE_BYTES) await write();
      },
      text: (each) => texts.text(each),
      async checkpoint() {
        await write();
        return { file, texts: await texts.flush() };
      },
      async finish() {
        await write();
        await texts.flush();
      },
      close: () => texts.close(),
    };
  },
};

function tableOf(rows: readonly Row[]): Uint8Array {
  const writer = new ByteWriter();
  const column = <K extends keyof Row>(name: K) => ({ name, data: rows.map((row) => row[name]) });
  parquetWrite({
    writer,
    schema: SCHEMA,
    columnData: [column('image_id'), column('image'), column('captions'), column('base64')],
    rowGroupSize: GROUP_ROWS,
    statistics: false,
    // Pictures are compressed already.
    codec: 'UNCOMPRESSED',
  });
  return writer.getBytes();
}
