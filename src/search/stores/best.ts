/** The k best of many scores, in little memory. */

export interface Ranked<T> {
  readonly score: number;
  /** Decides between equal scores, the smaller first. */
  readonly id: string;
  readonly value: T;
}

export function byScore(a: { score: number; id: string }, b: { score: number; id: string }): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Keeps at most `limit` entries, the best of all that were offered. */
export function bestOf<T>(limit: number) {
  let kept: Ranked<T>[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  const shrink = () => {
    kept = kept.sort(byScore).slice(0, limit);
    if (limit > 0 && kept.length === limit) worst = kept.at(-1)!.score;
  };
  return {
    /** Whether an entry of this score may still be among the best: asked before an entry is made. */
    wants: (score: number) => limit > 0 && score >= worst,
    offer(entry: Ranked<T>): void {
      kept.push(entry);
      // Sorting now and then costs less than keeping a heap in order.
      if (kept.length >= 2 * limit + 64) shrink();
    },
    /** Best first. */
    ranked(): Ranked<T>[] {
      shrink();
      return kept;
    },
  };
}
