import { dirname } from 'node:path';
import type { Item, ModelIdentity } from '../types.ts';
import { matches, type Where } from '../where/index.ts';
import { bestOf } from './best.ts';
import type { StoredItem, VectorStore } from './store.ts';
import { cosine } from './vectors.ts';

/** Keeps everything in memory and compares with every vector: small, exact, and gone with the process. */
export function memoryStore(): VectorStore {
  const items = new Map<string, StoredItem>();
  let model: ModelIdentity | undefined;
  const passing = function* (where: Where | undefined): Generator<StoredItem> {
    for (const stored of items.values()) if (!where || matches(where, stored.item)) yield stored;
  };

  return {
    model: async () => model,
    async setModel(identity) {
      model = identity;
    },
    async upsert(given) {
      for (const { item, vector } of given) items.set(item.id, { item, vector: vector.slice() });
    },
    async delete(ids) {
      for (const id of ids) items.delete(id);
    },
    async get(ids) {
      return ids.flatMap((id) => items.get(id)?.item ?? []);
    },
    async vectors(ids) {
      return ids.flatMap((id) => items.get(id) ?? []);
    },
    async search(vector, { top, where }) {
      const best = bestOf<Item>(top);
      for (const stored of passing(where)) {
        const score = cosine(stored.vector, vector);
        if (best.wants(score)) best.offer({ score, id: stored.item.id, value: stored.item });
      }
      return best.ranked().map(({ score, value }) => ({ score, item: value }));
    },
    async count(where) {
      return where ? [...passing(where)].length : items.size;
    },
    async list({ folder, hash, where, after = '', limit }) {
      const found = [...passing(where)]
        .map(({ item }) => item)
        .filter(
          (item) =>
            item.id > after &&
            (folder === undefined || dirname(item.path) === folder) &&
            (hash === undefined || item.hash === hash),
        );
      return found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
    async optimise() {},
    async close() {},
  };
}
