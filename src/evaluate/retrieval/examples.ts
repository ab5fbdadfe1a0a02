import type { FeatureTable } from '../features/index.ts';
import type { Id } from '../files/id.ts';
import { innerProduct } from '../nearest/index.ts';
import type { DirectionResult } from './measure.ts';

/** A query as a person would look at it: what is right, and what the model found. */
export interface Example {
  readonly query: Id;
  readonly right: readonly Scored[];
  readonly found: readonly Scored[];
  /** Among all candidates, from 1. */
  readonly rank: number;
  /** The score of the best right answer less that of the best wrong one. */
  readonly margin: number;
}

export interface Scored {
  readonly id: Id;
  readonly score: number;
  readonly right: boolean;
}

/** The queries of the smallest and of the largest margins. */
export interface Examples {
  readonly worst: readonly Example[];
  readonly best: readonly Example[];
}

const SHOWN_RIGHT = 3;
const SHOWN_FOUND = 5;

/** The `count` queries whose best right answer is furthest behind the best wrong one, and furthest ahead of it. */
export function examplesOf(
  result: DirectionResult,
  queries: FeatureTable,
  candidates: FeatureTable,
  count: number,
): Examples {
  const scoreOf = (query: Id, id: Id) =>
    innerProduct(queries.rows, queries.places.get(query)!, candidates.rows, candidates.places.get(id)!);
  const ranked = result.answers
    .flatMap(({ query, answers }) => {
      const prediction = result.predictions.get(query);
      const right = answers.filter((id) => candidates.places.has(id));
      if (prediction === undefined || right.length === 0) return [];
      const best = Math.max(...right.map((id) => scoreOf(query, id)));
      const wrong = prediction.answers.findIndex((id) => !right.includes(id));
      return [{ query, right, prediction, margin: best - (prediction.scores[wrong] ?? best), best }];
    })
    .sort((a, b) => a.margin - b.margin);
  const detailed = ({ query, right, prediction, margin, best }: (typeof ranked)[number]): Example => ({
    query,
    right: right.slice(0, SHOWN_RIGHT).map((id) => ({ id, score: scoreOf(query, id), right: true })),
    found: prediction.answers.slice(0, SHOWN_FOUND).map((id, i) => ({
      id,
      score: prediction.scores[i]!,
      right: right.includes(id),
    })),
    rank: 1 + candidates.ids.filter((id) => scoreOf(query, id) > best).length,
    margin,
  });
  const half = Math.min(count, Math.ceil(ranked.length / 2));
  return {
    worst: ranked.slice(0, half).map(detailed),
    best: ranked.slice(half).slice(-count).reverse().map(detailed),
  };
}
