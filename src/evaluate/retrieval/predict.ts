import type { FeatureTable } from '../features/index.ts';
import type { Id } from '../files/id.ts';
import { type NearestOptions, nearest } from '../nearest/index.ts';

/** What a model answers to a query, best first. */
export interface Prediction {
  readonly query: Id;
  readonly answers: readonly Id[];
  /** The inner products, in the order of `answers`. */
  readonly scores: readonly number[];
}

/**
 * The k answers with the largest inner product for every query, in the order of the queries; equal products keep the
 * order of the candidates, as `make_topk_predictions.py` has it.
 */
export async function predict(
  queries: FeatureTable,
  candidates: FeatureTable,
  k: number,
  options: NearestOptions = {},
): Promise<Prediction[]> {
  const { places, scores } = await nearest(queries.rows, candidates.rows, k, options);
  const found = Math.min(k, candidates.ids.length);
  return queries.ids.map((query, i) => ({
    query,
    answers: Array.from(places.subarray(i * k, i * k + found), (place) => candidates.ids[place]!),
    scores: [...scores.subarray(i * k, i * k + found)],
  }));
}
