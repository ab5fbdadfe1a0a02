/** Cutting work into batches, and preparing the next one while one runs. */

/** Positions of texts with about the same length, in batches of at most `size`, for less padding. */
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

/** Gathers what an iterable gives into lists of at most `size`; a list ends where `kind` changes. */
export async function* gathered<T>(
  items: AsyncIterable<T>,
  size: number,
  kind: (item: T) => unknown = () => undefined,
): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.length > 0 && kind(batch[0]!) !== kind(item)) {
      yield batch;
      batch = [];
    }
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/**
 * Prepares every item while the one before is being used; the results come in order. A result does not wait for the
 * next item, nor is it lost where that fails.
 */
export async function* oneAhead<T, P>(
  items: Iterable<T> | AsyncIterable<T>,
  prepare: (item: T) => Promise<P>,
): AsyncGenerator<P, void, undefined> {
  const iterator = iteratorOf(items);
  const begin = async () => {
    const { done, value } = await iterator.next();
    if (done) return undefined;
    const ready = prepare(value);
    ready.catch(() => {}); // Reported when its turn comes.
    return { ready };
  };
  try {
    let next = begin();
    for (let current = await next; current; current = await next) {
      next = begin();
      next.catch(() => {});
      yield await current.ready;
    }
  } finally {
    void iterator.return?.();
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
