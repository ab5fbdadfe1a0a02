/** False negatives: texts that occur more than once in a batch, so that a picture fits several of them. */

/**
 * What each picture should find: every text that equals its own, in equal shares. [rows, rows], rows add up to 1; it is
 * symmetric, so texts find pictures by it too (as in SupCon: Khosla et al. 2020, arXiv 2004.11362, equation 2).
 */
export function labelTargets(texts: readonly string[]): Float32Array {
  const size = texts.length;
  const targets = new Float32Array(size * size);
  for (const rows of rowsByText(texts).values()) {
    for (const row of rows) for (const column of rows) targets[row * size + column] = 1 / rows.length;
  }
  return targets;
}

export interface FalseNegatives {
  /** Pairs of different rows whose texts are equal. */
  readonly count: number;
  /**
   * The smallest loss that is possible with one right answer a row: equal texts share one vector, so a picture can give
   * its own at most 1 / (how often the text occurs). The mean of the logarithms of those.
   */
  readonly lossFloor: number;
}

export function falseNegatives(texts: readonly string[]): FalseNegatives {
  let count = 0;
  let floor = 0;
  for (const { length } of rowsByText(texts).values()) {
    count += length * (length - 1);
    floor += length * Math.log(length);
  }
  return { count, lossFloor: floor / texts.length };
}

function rowsByText(texts: readonly string[]): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  texts.forEach((text, i) => {
    const known = rows.get(text);
    if (known) known.push(i);
    else rows.set(text, [i]);
  });
  return rows;
}
