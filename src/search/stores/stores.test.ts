import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformance, DIM, storedItems } from '../../../test/support/store-conformance.ts';
import { embeddedStore } from './embedded/store.ts';
import { memoryStore } from './memory.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-stores-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

conformance('in memory', async () => ({ open: async () => memoryStore(), lasting: false }));
conformance('embedded, everything compared', async () => ({
  open: () => embeddedStore(join(folder, 'exact')),
  lasting: true,
}));
const LIMITS = { exactUpTo: 50, staleFrom: 50, staleShare: 0 };
conformance('embedded, with an index', async () => ({
  open: () => embeddedStore(join(folder, 'indexed'), LIMITS),
  lasting: true,
}));

describe('the index', () => {
  test('is made, made anew once it is stale, and was used by the tests above', async () => {
    const at = join(folder, 'renewed');
    const indexes = async () => (await readdir(at)).filter((name) => name.endsWith('.usearch'));
    const store = await embeddedStore(at, LIMITS);
    const items = storedItems(300);
    await store.setModel({ name: 'test', dim: DIM, fingerprint: '' });
    await store.upsert(items.slice(0, 200));
    expect(await indexes()).toEqual([]);
    await store.optimise({});
    const [first] = await indexes();
    expect(first).toBeDefined();
    await store.upsert(items.slice(200, 240));
    await store.optimise({});
    expect(await indexes()).toEqual([first]);
    await store.upsert(items.slice(240));
    await store.optimise({});
    expect(await indexes()).toHaveLength(1);
    expect(await indexes()).not.toEqual([first]);
    await store.close();
    expect((await readdir(join(folder, 'indexed'))).some((name) => name.endsWith('.usearch'))).toBe(true);
  });
});
