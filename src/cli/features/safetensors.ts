import { openTemporaryFile, TuwenError } from '../../base/index.ts';
import { bytesOf } from './bytes.ts';
import { type FeatureWriter, nameJson } from './record.ts';

/** The longest header that readers of the format accept. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * A safetensors file with `image_features` and `text_features`, each [rows, dim] in float32, as far as there are any.
 * The metadata `image_names` and `text_names` are JSON lists of what the rows belong to. Pictures come before texts.
 */
export async function safetensorsWriter(path: string): Promise<FeatureWriter> {
  const data = await openTemporaryFile(path);
  const names = { image: [] as string[], text: [] as string[] };
  let dim = 0;
  return {
    async write({ field, name, vector }) {
      dim = vector.length;
      await data.append(bytesOf(vector));
      names[field.startsWith('image') ? 'image' : 'text'].push(nameJson(name));
    },
    async finish() {
      const header = featuresHeader(names, dim);
      if (header.byteLength > MAX_HEADER_BYTES) {
        throw new TuwenError('TUWEN_FILE_UNWRITABLE', {
          path,
          reason: `${header.byteLength} bytes of names`,
        });
      }
      const file = await openTemporaryFile(path);
      try {
        await file.append(header);
        for await (const chunk of data.content()) await file.append(chunk);
        await file.commit();
      } catch (error) {
        await file.discard();
        throw error;
      }
      await data.discard();
    },
    discard: data.discard,
  };
}

/** Eight bytes of length, then JSON padded with spaces to a multiple of eight. */
function featuresHeader(
  names: Readonly<Record<'image' | 'text', readonly string[]>>,
  dim: number,
): Uint8Array {
  const metadata: Record<string, string> = {};
  const entries: Record<string, object> = {};
  let end = 0;
  for (const tower of ['image', 'text'] as const) {
    const count = names[tower].length;
    if (count === 0) continue;
    const begin = end;
    end += count * dim * 4;
    entries[`${tower}_features`] = { dtype: 'F32', shape: [count, dim], data_offsets: [begin, end] };
    metadata[`${tower}_names`] = `[${names[tower].join(', ')}]`;
  }
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...entries }));
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(header, 8);
  return header;
}
