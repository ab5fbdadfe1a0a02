/** Finding pictures in a real collection, with the shipped model. */
import { copyFile, readdir, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { counts, PICTURES, testCollection } from '../../test/support/collection.ts';
import { TuwenError } from '../base/index.ts';
import { listCollections, openCollection } from './index.ts';

const set = testCollection();

describe('search', () => {
  beforeEach(async () => void (await set.sync()));

  test('by words, by a picture, by an item, and by sums of them', async () => {
    expect((await set.find('一辆自行车', { top: 1 }))[0]).toBe(join('画', '自行车.png'));
    const [melon] = (await set.collection.search({ image: join(PICTURES, '西瓜.png') })).results;
    expect(melon!.path).toBe(set.at('画', '西瓜.png'));
    const alike = await set.collection.search({ id: melon!.id });
    expect(alike.results).toHaveLength(3);
    expect(alike.results.map(({ id }) => id)).not.toContain(melon!.id);
    const vectors = await set.clip.embedTexts(['雪山', '小提琴']);
    const sum = vectors.at(0).map((value, i) => value - 0.5 * vectors.at(1)[i]!);
    const length = Math.hypot(...sum);
    const found = await set.collection.search({ text: '雪山', minus: [{ text: '小提琴', weight: 0.5 }] });
    for (const { path, score } of found.results) {
      const [picture] = await set.clip.embedImages([path]);
      const cosine = sum.reduce((total, value, i) => total + (value / length) * picture![i]!, 0);
      expect(score).toBeCloseTo(cosine, 5);
    }
  });

  test('by pages, by filters, by the least score', async () => {
    const all = (await set.collection.search({ text: '西瓜' })).results;
    expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).sort((a, b) => b - a));
    const second = await set.collection.search({ text: '西瓜' }, { top: 2, offset: 1 });
    expect(second).toEqual({ results: all.slice(1, 3), total: 4 });
    const filtered = await set.collection.search({ text: '西瓜' }, { where: 'name ~ 山 or name ~ 琴' });
    expect(filtered.total).toBe(2);
    const good = await set.collection.search({ text: '西瓜' }, { minScore: all[1]!.score });
    expect(good.results).toEqual(all.slice(0, 2));
    expect(await set.collection.get(all[0]!.id)).toMatchObject({ path: set.at('画', '西瓜.png') });
    expect(await set.collection.get('0'.repeat(32))).toBeUndefined();
  });

  test('by own fields, from the sidecar beside a picture, as they change', async () => {
    const path = `${set.at('画', '雪山.png')}.json`;
    const rated = async (where: string) => (await set.collection.search({ text: '雪' }, { where })).total;
    await writeFile(path, JSON.stringify({ rating: 5, title: '富士山', nested: {}, list: [1] }));
    expect(counts(await set.sync())).toMatchObject({ unchanged: 4, failed: 0 });
    expect(await rated('fields.rating >= 5 and fields.title = 富士山')).toBe(1);
    await writeFile(path, JSON.stringify({ rating: 3 }));
    await set.sync();
    expect(await rated('fields.rating >= 5')).toBe(0);
    await writeFile(path, '{');
    expect((await set.sync()).failed).toEqual([{ path, code: 'TUWEN_FILE_UNREADABLE' }]);
    await unlink(path);
    expect(await set.sync()).toMatchObject({ failed: [], unchanged: 4 });
    expect(await rated('fields.rating = 3')).toBe(0);
  });

  test.each([
    [{}, {}, 'TUWEN_QUERY_EMPTY'],
    [{ text: '猫', minus: ['猫'] }, {}, 'TUWEN_QUERY_EMPTY'],
    [{ id: 'none' }, {}, 'TUWEN_ITEM_UNKNOWN'],
    [{ text: '猫' }, { where: 'colour = red' }, 'TUWEN_WHERE_INVALID'],
    [{ text: '猫' }, { top: 1.5 }, 'TUWEN_BAD_ARGUMENT'],
    [{ text: '猫' }, { offset: -1 }, 'TUWEN_BAD_ARGUMENT'],
    [{ plus: [{ text: '猫', weight: Number.NaN }] }, {}, 'TUWEN_BAD_ARGUMENT'],
    [{ image: 'no-such.png' }, {}, 'TUWEN_IMAGE_MISSING'],
  ])('%j %j is refused', async (query, options, code) => {
    await expect(set.collection.search(query, options)).rejects.toMatchObject({ code });
  });

  test('needs no model for items, and says so where it does', async () => {
    const [first] = (await set.collection.search({ text: '猫' })).results;
    const bare = await openCollection({ folder: join(set.base, 'store') });
    expect((await bare.search({ id: first!.id })).results).toHaveLength(3);
    await expect(bare.search({ text: '猫' })).rejects.toMatchObject({ code: 'TUWEN_MODEL_NOT_CHOSEN' });
    await bare.close();
    await expect(bare.search({ id: first!.id })).rejects.toMatchObject({ code: 'TUWEN_COLLECTION_CLOSED' });
  });
});

describe('duplicates', () => {
  const groups = async (options = {}) => {
    const found: string[][] = [];
    for await (const group of set.collection.duplicates(options))
      found.push(group.map(({ path }) => path.slice(set.photos.length + 1)));
    return found;
  };

  test('are files of the same content, the oldest first, or pictures of at least a cosine', async () => {
    await copyFile(set.at('画', '西瓜.png'), set.at('a.png'));
    await copyFile(set.at('画', '西瓜.png'), set.at('b.png'));
    await utimes(set.at('b.png'), 1000, 1000);
    await set.sync();
    expect(await groups()).toEqual([['b.png', expect.any(String), expect.any(String)]]);
    expect(await groups({ where: 'name != b.png' })).toEqual([[expect.any(String), expect.any(String)]]);
    expect((await groups({ minScore: 0.9999 })).map((group) => group.length)).toEqual([3]);
    expect((await groups({ minScore: -1 })).map((group) => group.length)).toEqual([6]);
    await expect(groups({ minScore: 2 })).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT' });
  });
});

describe('places', () => {
  test('collections have names, lie in TUWEN_HOME, and are listed', async () => {
    const before = process.env.TUWEN_HOME;
    process.env.TUWEN_HOME = join(set.base, 'home');
    try {
      expect(await listCollections()).toEqual([]);
      await expect(openCollection({ name: '相册' })).rejects.toMatchObject({
        code: 'TUWEN_COLLECTION_MISSING',
      });
      await (await openCollection({ name: '相册', create: true })).close();
      await (await openCollection({ create: true })).close();
      expect(await readdir(join(set.base, 'home/collections'))).toEqual(['default', '相册']);
      expect(await listCollections()).toEqual([
        { name: 'default', store: 'embedded' },
        { name: '相册', store: 'embedded' },
      ]);
      for (const name of ['', '../x', '.x', 'a/b', 'a'.repeat(65)])
        await expect(openCollection({ name })).rejects.toBeInstanceOf(TuwenError);
      await expect(openCollection({ store: 'ftp://x' })).rejects.toMatchObject({
        code: 'TUWEN_BAD_ARGUMENT',
      });
    } finally {
      process.env.TUWEN_HOME = before;
      if (before === undefined) delete process.env.TUWEN_HOME;
    }
  });
});
