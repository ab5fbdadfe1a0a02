/** Rows of `length` numbers each: feature vectors, one after another. */
export interface Vectors {
  data: Float32Array;
  length: number;
}

/** How alike each query is to each candidate: one row per query. */
export interface Similarities {
  data: Float32Array;
  candidates: number;
}

/** The inner products of all queries with all candidates. */
export function similarities(queries: Vectors, candidates: Vectors): Similarities {
  const { length } = queries;
  const rows = queries.data.length / length;
  const columns = candidates.data.length / length;
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] = dot(
        queries.data,
        row * length,
        candidates.data,
        column * length,
        length,
      );
    }
  }
  return { data, candidates: columns };
}

/** An inner product, in four sums that do not wait for each other. */
function dot(a: Float32Array, i: number, b: Float32Array, j: number, length: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < length; k += 4) {
    first += a[i + k]! * b[j + k]!;
    second += a[i + k + 1]! * b[j + k + 1]!;
    third += a[i + k + 2]! * b[j + k + 2]!;
    fourth += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < length; k++) first += a[i + k]! * b[j + k]!;
  return first + second + (third + fourth);
}

/**
 * The share of queries whose right candidate is among the k most similar, for each k. `right[i]` is query i's
 * candidate. Classification's top-k and retrieval's recall@k are both this. Equally similar candidates count as
 * ahead of the right one, so that constant vectors find nothing.
 */
export function recallAt<K extends number>(
  { data, candidates }: Similarities,
  right: readonly number[],
  ks: readonly K[],
): Record<K, number> {
  const ranks = right.map((candidate, query) => {
    const row = data.subarray(query * candidates, (query + 1) * candidates);
    const own = row[candidate]!;
    let rank = 0;
    for (const similarity of row) if (similarity >= own) rank++;
    return rank;
  });
  const share = (k: K) => ranks.filter((rank) => rank <= k).length / ranks.length;
  return Object.fromEntries(ks.map((k) => [k, share(k)])) as Record<K, number>;
}

/** The rows of some vectors, in the order given. */
export function select({ data, length }: Vectors, rows: readonly number[]): Vectors {
  const selected = new Float32Array(rows.length * length);
  rows.forEach((row, i) => {
    selected.set(data.subarray(row * length, (row + 1) * length), i * length);
  });
  return { data: selected, length };
}
