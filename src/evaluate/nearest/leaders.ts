/** The best so far of each query: k places with their scores, best first; of equal scores the earlier place first. */
export interface Leaders {
  readonly k: number;
  /** queries × k; −1 where there is none yet. */
  readonly places: Int32Array;
  /** queries × k; −Infinity where there is none yet. */
  readonly scores: Float64Array;
}

export function noLeaders(queries: number, k: number): Leaders {
  return {
    k,
    places: new Int32Array(queries * k).fill(-1),
    scores: new Float64Array(queries * k).fill(Number.NEGATIVE_INFINITY),
  };
}

/** The score that a place must reach to count for a query. */
export function worstLeader({ k, scores }: Leaders, query: number): number {
  return scores[(query + 1) * k - 1]!;
}

/** Puts a place among the leaders of a query where it belongs; the last one drops out. */
export function admit({ k, places, scores }: Leaders, query: number, place: number, score: number): void {
  const first = query * k;
  let slot = first + k - 1;
  const ahead = (at: number) => score > scores[at]! || (score === scores[at]! && place < places[at]!);
  if (!ahead(slot)) return;
  for (; slot > first && ahead(slot - 1); slot--) {
    scores[slot] = scores[slot - 1]!;
    places[slot] = places[slot - 1]!;
  }
  scores[slot] = score;
  places[slot] = place;
}
