/**
 * How often a batch holds a picture and the text of another pair that fit each other all the same: the loss takes them
 * for wrong. A text fits a picture where the set has a pair of this picture and this wording.
 */

/** Pairs as numbers of pictures and of wordings. */
export interface NumberedPairs {
  readonly pictures: readonly number[];
  readonly wordings: readonly number[];
}

/** Ordered choices of two different pairs in which the text of the second fits the picture of the first. */
export function confusablePairs({ pictures, wordings }: NumberedPairs): number {
  const timesWorded = new Map<number, number>();
  const wordingsOf = new Map<number, Set<number>>();
  for (const [i, picture] of pictures.entries()) {
    const wording = wordings[i]!;
    timesWorded.set(wording, (timesWorded.get(wording) ?? 0) + 1);
    const known = wordingsOf.get(picture);
    if (known) known.add(wording);
    else wordingsOf.set(picture, new Set([wording]));
  }
  const fitting = new Map<number, number>();
  for (const [picture, own] of wordingsOf) {
    let count = 0;
    for (const wording of own) count += timesWorded.get(wording)!;
    fitting.set(picture, count);
  }
  // Every pair fits itself.
  return pictures.reduce((sum, picture) => sum + fitting.get(picture)! - 1, 0);
}

/** The expected number of such choices in a batch drawn without repetition: N(N−1) of P(P−1) equally likely ones. */
export function expectedFalseNegatives(confusable: number, pairs: number, batch: number): number {
  const drawn = Math.min(batch, pairs);
  return pairs < 2 ? 0 : (drawn * (drawn - 1) * confusable) / (pairs * (pairs - 1));
}
