/** How far the vectors of an exported model are from those of the model. */
import { dot, type Embeddings } from '../embeddings.ts';

/** Of unit vectors. */
export interface Distance {
  /** Of any two numbers in the same place. */
  readonly largestDifference: number;
  /** Of the vector that agrees least. */
  readonly lowestCosine: number;
}

/** How the rankings of texts by pictures, and of pictures by texts, compare. */
export interface RankingAgreement {
  /** The share of rankings that put the same one first. */
  readonly first: number;
  /** The share of pairs that stand in the same order, over all rankings. */
  readonly order: number;
}

export function distance(expected: Embeddings, got: Embeddings): Distance {
  let largestDifference = 0;
  expected.data.forEach((value, i) => {
    largestDifference = Math.max(largestDifference, Math.abs(value - got.data[i]!));
  });
  const cosines = Array.from(expected, (vector, i) => {
    const other = got.at(i);
    return dot(vector, other) / Math.sqrt(dot(vector, vector) * dot(other, other));
  });
  return { largestDifference, lowestCosine: Math.min(...cosines) };
}

/** Compares two tables of scores, pictures × texts, by their rows and by their columns. */
export function rankingAgreement(
  expected: ArrayLike<number>,
  got: ArrayLike<number>,
  pictures: number,
  texts: number,
): RankingAgreement {
  const rows = lines(pictures, texts, texts, 1);
  const rankings = [...rows, ...lines(texts, pictures, 1, texts)];
  let [same, pairs, ordered] = [0, 0, 0];
  for (const places of rankings) {
    const [a, b] = [places.map((place) => expected[place]!), places.map((place) => got[place]!)];
    if (a.indexOf(Math.max(...a)) === b.indexOf(Math.max(...b))) same += 1;
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < i; j++) {
        pairs += 1;
        if (Math.sign(a[i]! - a[j]!) === Math.sign(b[i]! - b[j]!)) ordered += 1;
      }
    }
  }
  return { first: same / rankings.length, order: pairs === 0 ? 1 : ordered / pairs };
}

/** The places of the scores of each of `count` rankings of `length`. */
function lines(count: number, length: number, step: number, stride: number): number[][] {
  return Array.from({ length: count }, (_, i) => Array.from({ length }, (_, j) => i * step + j * stride));
}
