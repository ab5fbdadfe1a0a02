/** Which pictures are alike: by asking the store about each, or by comparing all with all. */
import { nearest } from '../evaluate/index.ts';
import type { VectorStore } from './stores/store.ts';
import type { Where } from './where/index.ts';

/** The ids of the items that are alike to one, which may be among them. */
export type FindAlike = (id: string) => Promise<readonly string[]>;

/** How many are looked for around one picture, to begin with. */
const AROUND = 16;
const PAGE = 512;

/** Asks the store for the nearest of each item, for more and more until one of them is not alike. */
export async function alikeBySearching(
  store: VectorStore,
  minScore: number,
  where: Where | undefined,
): Promise<FindAlike> {
  return async (id) => {
    const [stored] = await store.vectors([id]);
    if (stored === undefined) return [];
    for (let top = AROUND; ; top *= 4) {
      const found = await store.search(stored.vector, { top, ...(where && { where }) });
      const alike = found.filter(({ score }) => score >= minScore);
      if (alike.length < found.length || found.length < top) return alike.map(({ item }) => item.id);
    }
  };
}

/** Compares all vectors with all in matrix products; asks the store where there are many alike. */
export async function alikeByComparing(
  store: VectorStore,
  minScore: number,
  where: Where | undefined,
  signal: AbortSignal | undefined,
): Promise<FindAlike> {
  const { ids, data, dim } = await allVectors(store, where);
  if (ids.length < 2) return async () => [];
  const rows = { data, dim, count: ids.length };
  const k = Math.min(AROUND, ids.length);
  const { places, scores } = await nearest(rows, rows, k, signal ? { signal } : {});
  const numbers = new Map(ids.map((id, i) => [id, i]));
  const search = await alikeBySearching(store, minScore, where);
  return async (id) => {
    const at = numbers.get(id);
    if (at === undefined) return [];
    const alike: string[] = [];
    for (let i = at * k; i < (at + 1) * k; i++) {
      if (scores[i]! < minScore) return alike;
      alike.push(ids[places[i]!]!);
    }
    return k === ids.length ? alike : search(id);
  };
}

async function allVectors(store: VectorStore, where: Where | undefined) {
  const ids: string[] = [];
  const parts: Float32Array[] = [];
  for (let after = ''; ; ) {
    const page = await store.list({ after, limit: PAGE, ...(where && { where }) });
    if (page.length === 0) break;
    after = page.at(-1)!.id;
    for (const { item, vector } of await store.vectors(page.map(({ id }) => id))) {
      ids.push(item.id);
      parts.push(vector);
    }
  }
  const dim = parts[0]?.length ?? 0;
  const data = new Float32Array(parts.length * dim);
  parts.forEach((part, i) => {
    data.set(part, i * dim);
  });
  return { ids, data, dim };
}
