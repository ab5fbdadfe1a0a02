import { expect, test } from 'vitest';
import { storedItems } from '../../test/support/store-conformance.ts';
import { alikeByComparing, alikeBySearching } from './alike.ts';
import { findDuplicates } from './duplicates.ts';
import { memoryStore } from './stores/memory.ts';
import { matches, parseWhere } from './where/index.ts';

const ITEMS = storedItems(300);

async function store() {
  const made = memoryStore();
  await made.upsert(ITEMS);
  return made;
}

/** Groups by joining every two that are alike. */
function expected(minScore: number, where?: string): string[][] {
  const filter = where === undefined ? undefined : parseWhere(where);
  const items = ITEMS.filter(({ item }) => !filter || matches(filter, item));
  const groups = new Map(items.map(({ item }) => [item.id, new Set([item.id])]));
  for (const a of items) {
    for (const b of items) {
      const score = a.vector.reduce((sum, value, i) => sum + value * b.vector[i]!, 0);
      const [one, other] = [groups.get(a.item.id)!, groups.get(b.item.id)!];
      if (score < minScore || one === other) continue;
      for (const id of other) groups.set(id, one.add(id));
    }
  }
  return sorted([...new Set(groups.values())].filter(({ size }) => size > 1).map((group) => [...group]));
}

const sorted = (groups: string[][]) =>
  groups.map((group) => group.sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));

async function found(options: Parameters<typeof findDuplicates>[1]): Promise<string[][]> {
  const groups: string[][] = [];
  for await (const group of findDuplicates(await store(), options)) {
    const ages = group.map(({ taken, modified, path }) => `${taken ?? modified.slice(0, 19)} ${path}`);
    expect(ages[0]).toBe([...ages].sort()[0]);
    expect(group[0]!.score).toBeCloseTo(1, 6);
    groups.push(group.map(({ id }) => id));
  }
  return sorted(groups);
}

// Around one centre lie 15 of the items: at 0.9 groups are small, at 0.5 the nearest 16 do not hold a group.
test.each([[0.9], [0.8], [0.5], [-1]])(
  'groups are what joining all pairs of at least %d gives',
  async (minScore) => {
    const groups = await found({ minScore });
    expect(groups).toEqual(expected(minScore));
    expect(groups.length).toBeGreaterThan(0);
    expect(await found({ minScore, where: 'folder = 旅行' })).toEqual(expected(minScore, 'folder = 旅行'));
  },
);

test('who is alike is the same by asking and by comparing', async () => {
  const made = await store();
  for (const minScore of [0.9, 0.5]) {
    const asked = await alikeBySearching(made, minScore, undefined);
    const compared = await alikeByComparing(made, minScore, undefined, undefined);
    for (const { item } of ITEMS) expect(await compared(item.id)).toEqual(await asked(item.id));
  }
});

test('an empty collection has none', async () => {
  for await (const _ of findDuplicates(memoryStore(), { minScore: 0.9 })) expect.unreachable();
});
