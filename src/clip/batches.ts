/** Cutting work into batches, and preparing the next one while one runs. */

/** Positions of texts with about the same length, in batches of at most `size`: less padding, same results. */
export function bucketsByLength(lengths: readonly number[], size: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return chunks(order, size);
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/** Ids as a rectangle as wide as the longest row, 0 after the last token of each. */
export function paddedIds(rows: readonly Int32Array[]): BigInt64Array<ArrayBuffer> {
  const width = Math.max(...rows.map((row) => row.length));
  const data = new BigInt64Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) data[i * width + j] = BigInt(row[j]!);
  });
  return data;
}

/** Gathers what an iterable gives into lists of at most `size`. */
export async function* gathered<T>(
  items: AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Prepares every item while the one before is being used; the results come in order. */
export async function* oneAhead<T, P>(
  items: Iterable<T> | AsyncIterable<T>,
  prepare: (item: T) => Promise<P>,
): AsyncGenerator<P, void, undefined> {
  let ready: Promise<P> | undefined;
  for await (const item of items) {
    const next = prepare(item);
    next.catch(() => {}); // Reported when its turn comes.
    if (ready) yield await ready;
    ready = next;
  }
  if (ready) yield await ready;
}
