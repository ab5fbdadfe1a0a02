import { TuwenError } from '../base/index.ts';
import type { Clip, ImageInput } from '../clip/index.ts';
import { checkModel } from './identity.ts';
import { weightedParts } from './query.ts';
import type { VectorStore } from './stores/store.ts';
import { unit } from './stores/vectors.ts';
import type { Query, QueryPart } from './types.ts';

export interface QueryContext {
  readonly name: string;
  readonly store: VectorStore;
  readonly clip: Clip | undefined;
  readonly signal?: AbortSignal;
}

/**
 * The unit vector of a query: the weighted sum of its parts' unit vectors.
 * Throws TUWEN_QUERY_EMPTY, TUWEN_ITEM_UNKNOWN, TUWEN_COLLECTION_MODEL, TUWEN_BAD_ARGUMENT and the errors of pictures.
 */
export async function queryVector(query: Query, context: QueryContext): Promise<Float32Array> {
  const parts = weightedParts(query);
  if (parts.length === 0) throw new TuwenError('TUWEN_QUERY_EMPTY', { reason: 'nothing' });
  for (const { weight } of parts) {
    if (!Number.isFinite(weight))
      throw new TuwenError('TUWEN_BAD_ARGUMENT', {
        name: 'weight',
        got: weight,
        expected: 'a finite number',
      });
  }
  const vectors = await vectorsOf(
    parts.map(({ part }) => part),
    context,
  );
  const sum = new Float32Array(vectors[0]!.length);
  for (const [i, vector] of vectors.entries()) {
    for (let k = 0; k < sum.length; k++) sum[k] = sum[k]! + parts[i]!.weight * vector[k]!;
  }
  const direction = unit(sum);
  if (direction === undefined) throw new TuwenError('TUWEN_QUERY_EMPTY', { reason: 'cancels' });
  return direction;
}

/** The ids a query names: what is asked for with a picture is not among the answers to it. */
export function idsOf(query: Query): Set<string> {
  return new Set(weightedParts(query).flatMap(({ part }) => ('id' in part ? [part.id] : [])));
}

/** The unit vectors of parts, in their order; texts run together, and so do pictures. */
async function vectorsOf(parts: readonly QueryPart[], context: QueryContext): Promise<Float32Array[]> {
  const { name, store, clip, signal } = context;
  const texts = parts.flatMap((part) => ('text' in part ? [part.text] : []));
  const images = parts.flatMap((part): ImageInput[] => ('image' in part ? [part.image] : []));
  const options = signal ? { signal } : {};
  if (texts.length + images.length > 0) {
    if (clip === undefined) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
    await checkModel(name, store, clip);
  }
  const textVectors = texts.length > 0 ? [...(await clip!.embedTexts(texts, options))] : [];
  const imageVectors = images.length > 0 ? [...(await clip!.embedImages(images, options))] : [];
  const result: Float32Array[] = [];
  for (const part of parts) {
    if ('text' in part) result.push(textVectors.shift()!);
    else if ('image' in part) result.push(imageVectors.shift()!);
    else {
      const [stored] = await store.vectors([part.id]);
      if (stored === undefined) throw new TuwenError('TUWEN_ITEM_UNKNOWN', { collection: name, id: part.id });
      result.push(stored.vector);
    }
  }
  return result;
}
