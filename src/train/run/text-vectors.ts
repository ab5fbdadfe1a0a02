/** Vectors of all texts of a data set by a tower that stays as it is. */
import { type OnProgress, progressMeter, throwIfAborted } from '../../base/index.ts';
import { normaliseRows } from '../../clip/index.ts';
import type { DataSet } from '../../data/index.ts';
import type { EngineTensor } from '../../engine/index.ts';

export interface TextVectorOptions {
  readonly data: DataSet;
  /** Always in batches of this many: the last bits of a vector can depend on what is computed beside it. */
  readonly batch: number;
  /** Texts → features [texts, dim] of any length. */
  readonly encode: (texts: readonly string[]) => Promise<Float32Array>;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface TextVectors {
  /** Vectors of length 1 of all distinct texts, in the order in which they first occur: float32 [texts, dim]. */
  readonly all: EngineTensor;
  /** Those of some texts of the set: float32 [texts, dim]. */
  of(texts: readonly string[]): EngineTensor;
}

/** Throws what reading the data throws, and TUWEN_CANCELLED. */
export async function textVectors({
  data,
  batch,
  encode,
  ...options
}: TextVectorOptions): Promise<TextVectors> {
  const places = new Map<string, number>();
  for await (const { text } of data.pairs()) if (!places.has(text)) places.set(text, places.size);
  const texts = [...places.keys()];
  const meter = progressMeter('text', texts.length, options.onProgress);
  const parts: Float32Array[] = [];
  for (let first = 0; first < texts.length; first += batch) {
    throwIfAborted('training', options.signal);
    const part = texts.slice(first, first + batch);
    const features = await encode(part);
    parts.push(normaliseRows(features, features.length / part.length));
    meter.advance(part.length);
  }
  const dim = parts[0]!.length / Math.min(batch, texts.length);
  const all = new Float32Array(texts.length * dim);
  parts.forEach((part, i) => {
    all.set(part, i * batch * dim);
  });
  return {
    all: { data: all, dims: [texts.length, dim] },
    of(wanted) {
      const rows = new Float32Array(wanted.length * dim);
      wanted.forEach((text, i) => {
        const place = places.get(text)!;
        rows.set(all.subarray(place * dim, (place + 1) * dim), i * dim);
      });
      return { data: rows, dims: [wanted.length, dim] };
    },
  };
}
