/** Which pairs of an epoch's order stand in one batch. */

/** The places in an epoch's order that step `step` of it sees; beyond the end it begins again, so every batch is full. */
export function batchOf(order: Uint32Array, step: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => order[(step * size + i) % order.length]!);
}

/**
 * The same order with equal keys kept out of one batch as far as that goes: a pair whose key is in the batch already
 * waits for a later one. What cannot be kept apart comes at the end.
 */
export function keptApart(order: Uint32Array, keyOf: (pair: number) => unknown, size: number): Uint32Array {
  const result = new Uint32Array(order.length);
  let waiting: number[] = [];
  let next = 0;
  let at = 0;
  while (next < order.length || waiting.length > 0) {
    const keys = new Set();
    const taken = (pair: number) => {
      const key = keyOf(pair);
      if (keys.has(key) || keys.size === size) return false;
      keys.add(key);
      result[at++] = pair;
      return true;
    };
    waiting = waiting.filter((pair) => !taken(pair));
    for (; next < order.length && keys.size < size; next++) {
      if (!taken(order[next]!)) waiting.push(order[next]!);
    }
    if (next < order.length || keys.size === size) continue;
    for (const pair of waiting) result[at++] = pair;
    waiting = [];
  }
  return result;
}
