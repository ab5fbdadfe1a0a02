/** What every store of vectors must do, held to sums computed here. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Item, matches, parseWhere, type StoredItem, type VectorStore } from '../../src/search/index.ts';
import { seeded } from './seeded.ts';

export const DIM = 32;
const COUNT = 600;
const CLUSTERS = 20;

export interface StoreUnderTest {
  open(): Promise<VectorStore>;
  /** Whether what was put in is there after close and open. */
  readonly lasting: boolean;
}

const MODEL = { name: 'test', dim: DIM, fingerprint: 'f'.repeat(32) };
const digest = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** Unit vectors around a few centres, with names that filters and databases may stumble over. */
export function storedItems(count = COUNT, seed = 1): StoredItem[] {
  const random = seeded(seed);
  const gaussian = () => random() + random() + random() + random() - 2;
  const vectorOf = (near?: Float32Array) => {
    const vector = Float32Array.from(
      { length: DIM },
      (_, i) => (near?.[i] ?? 0) + (near ? 0.15 : 1) * gaussian(),
    );
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  const centres = Array.from({ length: CLUSTERS }, () => vectorOf());
  const folders = ['/照片/旅行', '/照片/旅行/it\'s "雪" %_\\', '/照片/家', '/other/旅行记'];
  return Array.from({ length: count }, (_, i) => {
    const path = `${folders[i % 4]}/IMG_${i} É'"\\%.jpg`;
    const item: Item = {
      id: digest(path, 32),
      path,
      folder: dirname(path),
      size: 1000 * i,
      modified: new Date(Date.UTC(2020, 0, 1 + i)).toISOString(),
      width: 100 + (i % 7),
      height: 5,
      ...(i % 3 === 0 ? {} : { taken: `20${10 + (i % 15)}-06-15T12:00:00` }),
      hash: digest(String(i % 500), 64),
      ...(i % 5 === 0 ? {} : { fields: { rating: i % 6, 标题: `It's "É" \\ ${i % 4}`, print: i % 2 === 0 } }),
    };
    return { item, vector: vectorOf(centres[i % CLUSTERS]) };
  });
}

const FILTERS = [
  'folder = 旅行',
  'folder != 旅行',
  'folder = /照片',
  'folder = /旅行',
  "folder = 'it\\'s \"雪\" %_\\\\'",
  "name ~ 'é\\''",
  "path = '/照片/家/IMG_2 É\\'\"\\\\%.jpg'",
  'name != x',
  'size >= 300kB and size < 400kB',
  'width = 103 or height != 5',
  'not (width = 103 or width > 104)',
  'taken = 2012',
  'taken != 2012',
  'not taken = 2012',
  'modified > 2021-03',
  'fields.rating >= 4',
  'fields.rating != 4',
  'not fields.rating = 4',
  'fields.print = true and fields.rating < 3',
  'fields.print != true',
  "fields.标题 = 'It\\'s \"É\" \\\\ 3'",
  "fields.标题 ~ 'é\" \\\\ 2'",
  'fields.rating = "4"',
  'fields.none = 1',
];

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** What a search must give, by comparing everything. */
function expected(items: readonly StoredItem[], vector: Float32Array, top: number, where?: string) {
  const filter = where === undefined ? undefined : parseWhere(where);
  return items
    .filter(({ item }) => !filter || matches(filter, item))
    .map(({ item, vector: stored }) => ({ item, score: dot(stored, vector) }))
    .sort((a, b) => b.score - a.score || (a.item.id < b.item.id ? -1 : 1))
    .slice(0, top);
}

export function conformance(name: string, under: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    const items = storedItems();
    const queries = storedItems(40, 7).map(({ vector }) => vector);
    let tested: StoreUnderTest;
    let store: VectorStore;
    beforeAll(async () => {
      tested = await under();
      store = await tested.open();
      expect(await store.model()).toBeUndefined();
      expect(await store.count()).toBe(0);
      expect(await store.search(queries[0]!, { top: 5 })).toEqual([]);
      await store.setModel(MODEL);
      for (let i = 0; i < items.length; i += 128) await store.upsert(items.slice(i, i + 128));
      await store.optimise({});
    });
    afterAll(() => store?.close());

    const search = async (vector: Float32Array, top: number, where?: string) =>
      store.search(vector, where === undefined ? { top } : { top, where: parseWhere(where) });
    const compare = async (
      vector: Float32Array,
      top: number,
      among: readonly StoredItem[],
      where?: string,
    ) => {
      const found = await search(vector, top, where);
      const wanted = expected(among, vector, top, where);
      expect(found.map(({ item }) => item)).toEqual(wanted.map(({ item }) => item));
      found.forEach(({ score }, i) => {
        expect(score).toBeCloseTo(wanted[i]!.score, 6);
      });
    };

    test('finds what comparing with everything finds, scored by cosine', async () => {
      for (const vector of queries) await compare(vector, 10, items);
      await compare(queries[0]!, 1, items);
      await compare(queries[0]!, 200, items);
      await compare(
        queries[0]!.map((value) => -value),
        10,
        items,
      );
    });

    test('gives all there is where more is asked for', async () => {
      expect(await search(queries[0]!, COUNT + 50)).toHaveLength(COUNT);
      expect(await search(queries[0]!, 0)).toEqual([]);
    });

    test.each(FILTERS)('%s', async (where) => {
      for (const vector of queries.slice(0, 5)) await compare(vector, 10, items, where);
      const filter = parseWhere(where);
      const passing = items.filter(({ item }) => matches(filter, item)).map(({ item }) => item);
      expect(await store.count(filter)).toBe(passing.length);
    });

    test('knows items by id, in the order asked, without those it lacks', async () => {
      const [a, b] = [items[3]!, items[77]!];
      expect(await store.get([b.item.id, '0'.repeat(32), a.item.id])).toEqual([b.item, a.item]);
      const [found] = await store.vectors([b.item.id]);
      expect(found!.item).toEqual(b.item);
      expect(Array.from(found!.vector)).toEqual(Array.from(b.vector));
      expect(await store.get([])).toEqual([]);
    });

    test('lists items page by page, those of a folder, those of a content', async () => {
      const ids: string[] = [];
      for (let after = ''; ; after = ids.at(-1)!) {
        const page = await store.list({ after, limit: 64 });
        ids.push(...page.map(({ id }) => id));
        if (page.length < 64) break;
      }
      expect(ids).toEqual(items.map(({ item }) => item.id).sort());
      const folder = items[1]!.item.folder;
      const inFolder = items.filter(({ item }) => item.folder === folder).map(({ item }) => item.id);
      expect((await store.list({ folder, limit: COUNT })).map(({ id }) => id)).toEqual(inFolder.sort());
      const same = await store.list({ hash: items[500]!.item.hash, limit: 10 });
      expect(same.map(({ id }) => id)).toEqual([items[0]!.item.id, items[500]!.item.id].sort());
    });

    test('remembers the model', async () => {
      expect(await store.model()).toEqual(MODEL);
    });

    test('replaces, removes and adds, and searches see it at once', async () => {
      const [changed, removed, added] = [items[10]!, items[11]!, storedItems(COUNT + 1)[COUNT]!];
      const now = { item: { ...changed.item, size: 7, hash: digest('new', 64) }, vector: queries[1]! };
      await store.upsert([now, added]);
      await store.upsert([now]);
      await store.delete([removed.item.id, 'e'.repeat(32)]);
      const present = [...items.filter((each) => each !== changed && each !== removed), now, added];
      expect(await store.count()).toBe(COUNT);
      for (const vector of [...queries.slice(0, 5), removed.vector, added.vector, changed.vector])
        await compare(vector, 10, present);
      expect((await search(queries[1]!, 1))[0]!.item).toEqual(now.item);
      expect(await store.get([removed.item.id])).toEqual([]);
      if (tested.lasting) {
        await store.close();
        store = await tested.open();
        expect(await store.model()).toEqual(MODEL);
        expect(await store.count()).toBe(COUNT);
        for (const vector of queries.slice(0, 5)) await compare(vector, 10, present);
      }
      await store.delete(present.slice(0, 590).map(({ item }) => item.id));
      await compare(queries[2]!, 10, present.slice(590));
    });
  });
}
