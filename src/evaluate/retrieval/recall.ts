import type { Id } from '../files/id.ts';
import type { Answer } from './answers.ts';

/** The depths at which recall is counted. */
export const DEPTHS = [1, 5, 10] as const;

/** Recall in percent, and its mean over the depths (MR). */
export interface Recall {
  readonly r1: number;
  readonly r5: number;
  readonly r10: number;
  readonly mr: number;
}

/** How far down the first right answer stands, from 1; Infinity where the predictions hold none. */
export function rankOf(answers: readonly Id[], predicted: readonly Id[]): number {
  const right = new Set(answers);
  const place = predicted.findIndex((id) => right.has(id));
  return place < 0 ? Number.POSITIVE_INFINITY : place + 1;
}

/** The rank of every query's first right answer; a query without answers, or without predictions, finds none. */
export function ranks(answers: readonly Answer[], predictions: ReadonlyMap<Id, readonly Id[]>): number[] {
  return answers.map(({ query, answers: right }) => rankOf(right, predictions.get(query) ?? []));
}

/** The share of queries with a right answer among the first k, in the arithmetic of `evaluation.py`. */
export function recallOf(ranks: readonly number[]): Recall {
  const share = (k: number) => ranks.filter((rank) => rank <= k).length / ranks.length;
  const [r1, r5, r10] = [share(1), share(5), share(10)];
  return { r1: r1 * 100, r5: r5 * 100, r10: r10 * 100, mr: ((r1 + r5 + r10) / 3) * 100 };
}

/**
 * What guessing would reach: k candidates drawn without looking hold one of a query's g right ones among n with the
 * probability 1 − C(n − g, k) / C(n, k); the mean over the queries, in percent.
 */
export function chanceOf(answers: readonly Answer[], candidates: number): Recall {
  const mean = (k: number) =>
    answers.reduce((sum, { answers: right }) => sum + foundByChance(right.length, candidates, k), 0) /
    answers.length;
  const [r1, r5, r10] = [mean(1), mean(5), mean(10)];
  return { r1: r1 * 100, r5: r5 * 100, r10: r10 * 100, mr: ((r1 + r5 + r10) / 3) * 100 };
}

function foundByChance(right: number, candidates: number, k: number): number {
  let missed = 1;
  for (let i = 0; i < k && missed > 0; i++) {
    missed *= Math.max(0, candidates - right - i) / Math.max(1, candidates - i);
  }
  return 1 - missed;
}
