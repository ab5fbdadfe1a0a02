import type { Item, ModelIdentity } from '../../types.ts';
import type { Where } from '../../where/index.ts';
import { bestOf } from '../best.ts';
import type { Listing, Scored, StoredItem, VectorStore } from '../store.ts';
import { cosine } from '../vectors.ts';
import { connect } from './client.ts';
import { quoted, toMilvus } from './filter.ts';
import { itemOf, type MilvusRow, READ, rowOf } from './rows.ts';
import { createCollections, infoName, milvusName } from './schema.ts';

/** The most rows Milvus gives in one answer. */
const MOST = 16_384;
/** Rows sent at once: well below what a message may hold. */
const SENT = 256;
/** Every read sees what was written before it. */
const consistency_level = 'Strong' as never;
const IDS = 2 ** 32;

/** A collection on a Milvus server; undefined where there is none and none is to be made. Throws TUWEN_STORE_FAILED. */
export async function openMilvus(
  address: string,
  collection: string,
  create: boolean,
): Promise<VectorStore | undefined> {
  const milvus = await connect(address);
  const { ask, client } = milvus;
  const name = milvusName(collection);
  const has = await ask(() => client.hasCollection({ collection_name: name }));
  let exists = has.value === true;
  if (!exists && !create) {
    await client.closeConnection();
    return undefined;
  }
  const load = async () => {
    for (const each of [infoName(name), name])
      await ask(() => client.loadCollectionSync({ collection_name: each }));
  };
  if (exists) await load();

  const query = async (filter: string, fields: readonly string[], limit = MOST): Promise<MilvusRow[]> => {
    if (!exists) return [];
    const answer = await ask(() =>
      client.query({ collection_name: name, filter, output_fields: [...fields], limit, consistency_level }),
    );
    return answer.data as unknown as MilvusRow[];
  };
  const byIds = async (ids: readonly string[], fields: readonly string[]): Promise<MilvusRow[]> => {
    const found = new Map<string, MilvusRow>();
    for (let i = 0; i < ids.length; i += SENT) {
      const some = ids.slice(i, i + SENT);
      for (const row of await query(`id in [${some.map(quoted).join(', ')}]`, fields)) found.set(row.id, row);
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  };
  const count = async (where?: Where): Promise<number> => {
    const filter = where ? toMilvus(where) : '';
    const [row] = (await query(filter, ['count(*)'], 0)) as unknown as { 'count(*)': string }[];
    return Number(row?.['count(*)'] ?? 0);
  };

  return {
    async model() {
      if (!exists) return undefined;
      const answer = await ask(() =>
        client.query({
          collection_name: infoName(name),
          filter: 'id == "model"',
          output_fields: ['model'],
          consistency_level,
        }),
      );
      return (answer.data[0] as { model: ModelIdentity } | undefined)?.model;
    },
    async setModel(model) {
      await createCollections(milvus, name, model.dim);
      exists = true;
      await load();
      const row = { id: 'model', vector: [1, 0], model: { ...model } };
      await ask(() => client.upsert({ collection_name: infoName(name), data: [row] }));
    },
    async upsert(items) {
      for (let i = 0; i < items.length; i += SENT) {
        const data = items.slice(i, i + SENT).map(rowOf);
        await ask(() => client.upsert({ collection_name: name, data: data as never }));
      }
    },
    async delete(ids) {
      if (!exists) return;
      for (let i = 0; i < ids.length; i += SENT) {
        const some = ids.slice(i, i + SENT);
        await ask(() => client.delete({ collection_name: name, ids: some }));
      }
    },
    async get(ids) {
      return (await byIds(ids, READ)).map(itemOf);
    },
    async vectors(ids) {
      return (await byIds(ids, [...READ, 'vector'])).map(storedOf);
    },
    async search(vector, { top, where }) {
      if (!exists || top === 0) return [];
      const limit = Math.min(top, MOST);
      const answer = await ask(() =>
        client.search({
          collection_name: name,
          data: Array.from(vector),
          limit,
          output_fields: [...READ, 'vector'],
          params: { ef: Math.min(32_768, Math.max(256, 2 * limit)) },
          consistency_level,
          ...(where && { filter: toMilvus(where) }),
        }),
      );
      return ranked((answer.results as unknown as MilvusRow[]).map(storedOf), vector, limit);
    },
    count,
    list: (listing) => listRows(listing, count, query),
    async optimise() {},
    async close() {
      await client.closeConnection();
    },
  };
}

function storedOf(row: MilvusRow): StoredItem {
  return { item: itemOf(row), vector: Float32Array.from(row.vector) };
}

/** By the cosines of the stored numbers, as every store gives them. */
function ranked(found: readonly StoredItem[], vector: Float32Array, limit: number): Scored[] {
  const best = bestOf<Item>(limit);
  for (const { item, vector: stored } of found)
    best.offer({ score: cosine(stored, vector), id: item.id, value: item });
  return best.ranked().map(({ score, value }) => ({ score, item: value }));
}

/**
 * Milvus gives rows in an order of its own, so a page is a range of ids, taken as wide as should hold `limit` rows.
 * Ids are evenly spread, being digests.
 */
async function listRows(
  { folder, hash, where, after = '', limit }: Listing,
  count: (where?: Where) => Promise<number>,
  query: (filter: string, fields: readonly string[]) => Promise<MilvusRow[]>,
): Promise<Item[]> {
  const conditions = [
    ...(folder === undefined ? [] : [`folder == ${quoted(folder)}`]),
    ...(hash === undefined ? [] : [`hash == ${quoted(hash)}`]),
    ...(where === undefined ? [] : [toMilvus(where)]),
  ];
  const narrow = folder !== undefined || hash !== undefined;
  let width = narrow ? IDS : Math.ceil((IDS * limit) / Math.max(limit, await count()));
  const found: Item[] = [];
  for (let from = after, start = Number.parseInt(after.slice(0, 8) || '0', 16); found.length < limit; ) {
    const end = start + width;
    const bound = end >= IDS ? [] : [`id < ${quoted(prefix(end))}`];
    const rows = await query([`id > ${quoted(from)}`, ...bound, ...conditions].join(' and '), READ);
    if (rows.length === MOST && width > 1) {
      width = Math.ceil(width / 4);
      continue;
    }
    found.push(...rows.map(itemOf).sort((a, b) => (a.id < b.id ? -1 : 1)));
    if (end >= IDS) break;
    start = end;
    from = prefix(end - 1) + 'g'.repeat(24);
  }
  return found.slice(0, limit);
}

/** The first eight digits of ids from a place on. */
function prefix(place: number): string {
  return place.toString(16).padStart(8, '0');
}
