import { type Difference, pairedDifference } from '../statistics/bootstrap.ts';
import type { DirectionResult } from './measure.ts';
import { DEPTHS, type Recall } from './recall.ts';

/** How two runs differ on the same queries, in percentage points: the second less the first. */
export type Comparison = Readonly<Record<keyof Recall, Difference>>;

/** The differences of recall with 95 % intervals over queries; both must have the same queries in the same order. */
export function compared(a: DirectionResult, b: DirectionResult): Comparison {
  const hits = ({ ranks }: DirectionResult, k: number) => ranks.map((rank) => (rank <= k ? 100 : 0));
  const mean = ({ ranks }: DirectionResult) =>
    ranks.map((rank) => (DEPTHS.filter((k) => rank <= k).length / DEPTHS.length) * 100);
  const at = (k: number) => pairedDifference(hits(a, k), hits(b, k));
  return { r1: at(1), r5: at(5), r10: at(10), mr: pairedDifference(mean(a), mean(b)) };
}
