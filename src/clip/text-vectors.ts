import { bucketsByLength, paddedIds } from './batches.ts';
import { normaliseRows } from './embeddings.ts';
import type { ClipParts } from './parts.ts';
import type { EmbedOptions } from './types.ts';

/** The vectors of texts, row after row: run at their real length, in batches of similar ones. */
export async function textVectors(
  { info, tokenizer, encoder }: ClipParts,
  texts: readonly string[],
  batchSize: number,
  { normalize = true, signal }: EmbedOptions,
  onBatch?: (count: number) => void,
): Promise<Float32Array> {
  const { dim, contextLength } = info;
  const ids = texts.map((text) => tokenizer.encode(text, contextLength));
  const lengths = ids.map((row) => row.length);
  const data = new Float32Array(texts.length * dim);
  for (const bucket of bucketsByLength(lengths, batchSize)) {
    const features = await encoder.texts(
      paddedIds(bucket.map((place) => ids[place]!)),
      bucket.length,
      signal,
    );
    bucket.forEach((place, i) => {
      data.set(features.subarray(i * dim, (i + 1) * dim), place * dim);
    });
    onBatch?.(bucket.length);
  }
  return normalize ? normaliseRows(data, dim) : data;
}
