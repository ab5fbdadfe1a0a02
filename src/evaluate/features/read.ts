import type { OnProgress } from '../../base/index.ts';
import { progressMeter, throwIfAborted } from '../../base/index.ts';
import { type Id, idOf } from '../files/id.ts';
import { type FileLine, fileFault, recordLines } from '../files/lines.ts';
import type { Rows } from '../nearest/index.ts';

/** Feature vectors with what they belong to. */
export interface FeatureTable {
  readonly ids: readonly Id[];
  /** The place of an id in `ids` and in `rows`. */
  readonly places: ReadonlyMap<Id, number>;
  readonly rows: Rows;
}

export interface ReadFeaturesOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export type FeatureKind = 'image' | 'text';

/**
 * Reads a feature file: a line `{"image_id": …, "feature": […]}` or `{"text_id": …, …}` for each vector, or with
 * `image` and `text` as `tuwen embed` writes them for files of a user. The vectors are held in memory, 4 bytes a number.
 *
 * @throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID with the line, TUWEN_CANCELLED
 */
export async function readFeatures(
  path: string,
  kind: FeatureKind,
  { signal, onProgress }: ReadFeaturesOptions = {},
): Promise<FeatureTable> {
  const meter = progressMeter(kind, undefined, onProgress);
  const places = new Map<Id, number>();
  let dim = 0;
  let data = new Float32Array(0);
  for await (const line of recordLines(path)) {
    throwIfAborted('reading', signal, path);
    const { id, feature } = featureOf(path, kind, line);
    if (places.has(id)) throw fileFault(path, { fault: 'duplicate-id', line: line.number, got: id });
    if (places.size === 0) dim = feature.length;
    if (feature.length !== dim) {
      throw fileFault(path, { fault: 'wrong-length', line: line.number, got: feature.length });
    }
    const start = places.size * dim;
    if (start + dim > data.length) data = grown(data, start + dim);
    for (let i = 0; i < dim; i++) {
      const number = feature[i];
      if (typeof number !== 'number') throw fileFault(path, { fault: 'no-feature', line: line.number });
      data[start + i] = number;
      if (!Number.isFinite(data[start + i])) {
        throw fileFault(path, { fault: 'not-finite', line: line.number, got: number });
      }
    }
    places.set(id, places.size);
    meter.advance();
  }
  return featureTable([...places.keys()], data.subarray(0, places.size * dim), dim);
}

/** Vectors under the ids of their rows. */
export function featureTable(ids: readonly Id[], data: Float32Array, dim: number): FeatureTable {
  return {
    ids,
    places: new Map(ids.map((id, place) => [id, place])),
    rows: { data, count: ids.length, dim },
  };
}

function featureOf(path: string, kind: FeatureKind, { text, number }: FileLine) {
  const record = objectOf(text);
  if (record === undefined) throw fileFault(path, { fault: 'not-json', line: number });
  const field = `${kind}_id` in record ? `${kind}_id` : kind;
  const id = idOf(exact(record[field], field, text));
  if (id === undefined) throw fileFault(path, { fault: 'no-id', line: number, got: `${kind}_id` });
  const { feature } = record;
  if (!Array.isArray(feature) || feature.length === 0) {
    throw fileFault(path, { fault: 'no-feature', line: number });
  }
  return { id, feature: feature as readonly unknown[] };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A number that JSON.parse has rounded, from the digits of the line. */
function exact(value: unknown, field: string, text: string): bigint | number | string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return undefined;
  if (Number.isSafeInteger(value)) return value;
  const digits = new RegExp(`"${field}"\\s*:\\s*(-?\\d+)\\s*[,}]`).exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

/** A copy with room for at least `length` numbers, and half as many again as before. */
function grown(data: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.max(length, Math.ceil(data.length * 1.5), 2 ** 16));
  larger.set(data);
  return larger;
}
