import { BYTE_SYMBOLS, type Merges } from './merges.ts';

/** No symbol: the place was merged into the one before. */
const GONE = -1;

/**
 * Appends the ids of one word to `out`: its bytes, of which again and again the pair that merges soonest (the first of
 * several) becomes one symbol. Time grows as n · log n, so a long word is no burden.
 */
export function appendSymbols(word: Uint8Array, merges: Merges, out: number[]): void {
  const symbols = Int32Array.from(word, (byte) => merges.bytes[byte]!);
  symbols[symbols.length - 1]! += BYTE_SYMBOLS / 2;
  const next = Int32Array.from(symbols, (_, i) => i + 1);
  const before = Int32Array.from(symbols, (_, i) => i - 1);
  const queue = new SmallestFirst();
  const offer = (at: number) => {
    const rank =
      at >= 0 && next[at]! < symbols.length ? merges.rankOf(symbols[at]!, symbols[next[at]!]!) : undefined;
    if (rank !== undefined) queue.add(rank * PLACES + at);
  };
  for (let at = 0; at < symbols.length; at++) offer(at);
  for (let key = queue.take(); key !== undefined; key = queue.take()) {
    const [rank, at] = [Math.floor(key / PLACES), key % PLACES];
    const other = next[at]!;
    // Since it was offered, either symbol may have become part of another.
    if (symbols[at] === GONE || other >= symbols.length) continue;
    if (merges.rankOf(symbols[at]!, symbols[other]!) !== rank) continue;
    symbols[at] = BYTE_SYMBOLS + rank;
    symbols[other] = GONE;
    next[at] = next[other]!;
    if (next[at]! < symbols.length) before[next[at]!] = at;
    offer(before[at]!);
    offer(at);
  }
  for (const symbol of symbols) if (symbol !== GONE) out.push(symbol);
}

/** More than a word has bytes; a rank times this is still exact. */
const PLACES = 2 ** 31;

/** A heap of numbers. */
class SmallestFirst {
  readonly #heap: number[] = [];

  add(key: number): void {
    const heap = this.#heap;
    let at = heap.push(key) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= key) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = key;
  }

  take(): number | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child += 1;
      if (child >= heap.length || heap[child]! >= last) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
