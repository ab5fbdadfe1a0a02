/** Texts of forms that keep captions with pictures. */
import { checkPlace } from '../official/annotation-file.ts';
import type { Id, Pair, TextRecord } from '../types.ts';
import type { TextSource } from './sources.ts';

/** A caption of pictures, and what else is known. */
export interface Caption {
  readonly imageIds: readonly Id[];
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly line?: number;
}

/** Captions as texts, numbered as they come. Random access holds them in memory. */
export function captionedTexts(
  files: readonly string[],
  captions: () => AsyncIterable<Caption>,
  close: () => Promise<void>,
): TextSource {
  let held: Promise<Pair[]> | undefined;
  const texts = async function* (): AsyncGenerator<TextRecord> {
    let id = 0;
    for await (const caption of captions()) yield { id: id++, ...caption };
  };
  const pairs = () => (held ??= allPairs(texts()));
  return {
    files,
    texts,
    async counts() {
      const count = { texts: 0, pairs: 0 };
      for await (const { imageIds } of texts()) {
        count.texts += 1;
        count.pairs += imageIds.length;
      }
      return count;
    },
    async pair(index) {
      const all = await pairs();
      checkPlace(index, all.length);
      return all[index]!;
    },
    close,
  };
}

async function allPairs(texts: AsyncIterable<TextRecord>): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for await (const { id, text, imageIds } of texts) {
    for (const imageId of imageIds) pairs.push({ imageId, textId: id, text });
  }
  return pairs;
}

/** The captions in a record of a picture, by the names that data sets use; the other fields are left. */
export function captionsIn(record: Readonly<Record<string, unknown>>): {
  captions: string[];
  fields: Record<string, unknown>;
} {
  const fields = { ...record };
  const name = CAPTION_FIELDS.find((each) => fields[each] !== undefined && fields[each] !== null);
  const value = name === undefined ? [] : fields[name];
  for (const each of CAPTION_FIELDS) delete fields[each];
  const list = Array.isArray(value) ? value : [value];
  return { captions: list.filter((each) => each !== null && each !== '').map(String), fields };
}

/** The first that there is counts. */
const CAPTION_FIELDS = ['captions', 'texts', 'caption', 'text', 'sentence', 'sentences'];
