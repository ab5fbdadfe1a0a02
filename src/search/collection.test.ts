/** Collections on real files, with the shipped model. */
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixture } from '../../test/support/fixtures.ts';
import { ROOT } from '../../test/support/package.ts';
import { type Progress, TuwenError } from '../base/index.ts';
import { type Clip, loadClip } from '../clip/index.ts';
import { type Collection, listCollections, openCollection, type SyncReport } from './index.ts';

const PICTURES = join(ROOT, 'examples/pictures');

let clip: Clip;
let base: string;
let photos: string;
let store: string;
let collection: Collection;

beforeAll(async () => {
  clip = await loadClip('mini', { threads: 1 });
});
afterAll(() => clip.close());
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tuwen-collection-'));
  photos = join(base, '照片');
  store = join(base, 'store');
  await mkdir(join(photos, '画'), { recursive: true });
  for (const name of ['西瓜.png', '自行车.png', '小提琴.png', '雪山.png'])
    await copyFile(join(PICTURES, name), join(photos, '画', name));
  collection = await open();
});
afterEach(async () => {
  await collection.close();
  await rm(base, { recursive: true, force: true });
});

const open = (options = {}) => openCollection({ folder: store, clip, create: true, ...options });
const sync = (options = {}) => collection.sync([photos], { decoders: 1, ...options });
const at = (...names: string[]) => join(photos, ...names);
const names = async (query: string, options = {}) =>
  (await collection.search({ text: query }, options)).results.map(({ path }) =>
    path.slice(photos.length + 1),
  );
const counts = ({ failed, ...rest }: SyncReport) => ({ ...rest, failed: failed.length });

describe('sync', () => {
  test('takes in what is there, with the vectors that embedImages gives', async () => {
    const names = [
      'jpeg-640x480.jpg',
      'png-palette8.png',
      'gif-transparent.gif',
      'png-la16.png',
      'bmp-palette8.bmp',
    ];
    for (const name of names) await copyFile(fixture(`pixels/sources/${name}`), at(name));
    await copyFile(fixture('pixels/sources/jpeg-exif-6.jpg'), at('turned.jpg'));
    await copyFile(fixture('heic/phone.heic'), at('phone.heic'));
    expect(counts(await sync())).toEqual({ added: 11, updated: 0, removed: 0, unchanged: 0, failed: 0 });
    const paths = [...names, 'turned.jpg', 'phone.heic'].map((name) => at(name));
    const wanted = await clip.embedImages(paths);
    for (const [i, path] of paths.entries()) {
      const { results } = await collection.search({ image: path }, { top: 1 });
      expect(results[0]!.path).toBe(path);
      expect(results[0]!.score, path).toBeCloseTo(1, 5);
      expect(wanted.at(i).length).toBe(clip.info.dim);
    }
    const phone = (await collection.search({ image: at('phone.heic') }, { top: 1 })).results[0]!;
    expect(phone).toMatchObject({ width: 64, height: 96, taken: '2024-05-01T23:59:58' });
  });

  test('finds nothing to do the second time, and only what changed the third', async () => {
    await sync();
    expect(counts(await sync())).toEqual({ added: 0, updated: 0, removed: 0, unchanged: 4, failed: 0 });
    await copyFile(join(PICTURES, '红包.png'), at('画', '西瓜.png'));
    await unlink(at('画', '自行车.png'));
    await copyFile(join(PICTURES, '饺子.png'), at('饺子.png'));
    expect(counts(await sync())).toEqual({ added: 1, updated: 1, removed: 1, unchanged: 2, failed: 0 });
    expect((await names('红包', { top: 1 }))[0]).toBe(join('画', '西瓜.png'));
    expect((await collection.info()).count).toBe(4);
    expect(await names('自行车')).not.toContain(join('画', '自行车.png'));
  });

  test('moves files and folders along without running the model, and keeps touched ones', async () => {
    await sync();
    await rename(at('画'), at('旧画'));
    await utimes(at('旧画', '雪山.png'), 1, 1);
    await copyFile(at('旧画', '西瓜.png'), at('西瓜 副本.png'));
    const still = {
      ...clip,
      embedImages: () => Promise.reject(new Error('the model ran')),
    } as unknown as Clip;
    await collection.close();
    collection = await open({ clip: still });
    expect(counts(await sync())).toEqual({ added: 1, updated: 4, removed: 0, unchanged: 0, failed: 0 });
    await utimes(at('旧画', '雪山.png'), 2, 2);
    expect(counts(await sync())).toEqual({ added: 0, updated: 0, removed: 0, unchanged: 5, failed: 0 });
    await collection.close();
    collection = await open();
    expect((await names('雪山', { top: 1 }))[0]).toBe(join('旧画', '雪山.png'));
  });

  test('reports what cannot be decoded, and tries it again only when it changes', async () => {
    await copyFile(fixture('pixels/sources/jpeg-truncated.jpg'), at('broken.jpg'));
    await writeFile(at('text.png'), 'no picture');
    const told: string[] = [];
    const report = await sync({ onFailure: (path: string) => told.push(path) });
    const failed = ['broken.jpg', 'text.png'].map((name) => ({
      path: at(name),
      code: 'TUWEN_IMAGE_UNREADABLE',
    }));
    expect(report).toEqual({ added: 4, updated: 0, removed: 0, unchanged: 0, failed });
    expect(told).toEqual(failed.map(({ path }) => path));
    told.length = 0;
    expect(await sync({ onFailure: (path: string) => told.push(path) })).toEqual({
      ...report,
      added: 0,
      unchanged: 4,
    });
    expect(told).toEqual([]);
    await sync({ retry: true, onFailure: (path: string) => told.push(path) });
    expect(told).toHaveLength(2);
    await copyFile(join(PICTURES, '龙.png'), at('text.png'));
    expect(counts(await sync())).toEqual({ added: 1, updated: 0, removed: 0, unchanged: 4, failed: 1 });
    await writeFile(at('画', '西瓜.png'), 'was a picture once');
    expect(counts(await sync())).toEqual({ added: 0, updated: 0, removed: 0, unchanged: 4, failed: 2 });
    expect(await names('西瓜')).not.toContain(join('画', '西瓜.png'));
  });

  test('leaves out what is hidden or ignored, and survives links that lead in circles', async () => {
    await mkdir(at('.缩略图'));
    await copyFile(join(PICTURES, '龙.png'), at('.缩略图', '龙.png'));
    await copyFile(join(PICTURES, '龙.png'), at('.龙.png'));
    await mkdir(at('画', '草稿'));
    await copyFile(join(PICTURES, '龙.png'), at('画', '草稿', '龙.png'));
    await copyFile(join(PICTURES, '饺子.png'), at('画', 'IMG_副本.png'));
    await writeFile(at('画', '.tuwenignore'), '草稿/\n*副本*\n');
    await symlink(photos, at('画', '回来'));
    await symlink(at('画'), at('又是画'));
    await symlink(at('没有.png'), at('断.png'));
    await writeFile(at('notes.txt'), 'x');
    expect(counts(await sync())).toEqual({ added: 4, updated: 0, removed: 0, unchanged: 0, failed: 0 });
    await writeFile(at('画', '.tuwenignore'), '草稿/\n西瓜.png\n');
    expect(counts(await sync())).toEqual({ added: 1, updated: 0, removed: 1, unchanged: 3, failed: 0 });
  });

  test('keeps in step with all folders given so far, and forgets one when told', async () => {
    const other = join(base, '其他');
    await mkdir(other);
    await copyFile(join(PICTURES, '龙.png'), join(other, '龙.png'));
    await sync();
    expect(counts(await collection.sync([other]))).toEqual({
      added: 1,
      updated: 0,
      removed: 0,
      unchanged: 4,
      failed: 0,
    });
    expect((await collection.info()).folders).toEqual([other, photos].sort());
    await unlink(join(other, '龙.png'));
    expect(counts(await sync())).toMatchObject({ removed: 1, unchanged: 4 });
    await rm(other, { recursive: true });
    await expect(sync()).rejects.toMatchObject({ code: 'TUWEN_FILE_MISSING', value: { path: other } });
    expect((await collection.info()).count).toBe(4);
    expect(await collection.forget(other)).toBe(0);
    expect(await collection.forget(photos)).toBe(4);
    expect(await collection.info()).toMatchObject({ count: 0, folders: [] });
  });

  test('stops when told, keeps what is done, and goes on the next time', async () => {
    const stop = new AbortController();
    const onProgress = ({ unit, done }: Progress) => {
      if (unit === 'image' && done >= 2) stop.abort();
    };
    const stopped = sync({ signal: stop.signal, batchSize: 1, onProgress });
    await expect(stopped).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    const { count } = await collection.info();
    expect(count).toBeGreaterThan(0);
    expect(counts(await sync())).toEqual({
      added: 4 - count,
      updated: 0,
      removed: 0,
      unchanged: count,
      failed: 0,
    });
  });

  test('is one at a time: a second is refused, or waits', async () => {
    const second = await open();
    const first = sync();
    while (!(await readdir(store)).includes('lock')) await pause(1);
    await expect(second.sync([photos])).rejects.toMatchObject({ code: 'TUWEN_LOCKED' });
    const waited = second.sync([photos], { wait: true });
    expect((await first).added).toBe(4);
    expect(await waited).toMatchObject({ added: 0, unchanged: 4 });
    await second.close();
  });

  test('refuses another model with the remedy', async () => {
    await sync();
    const other = await loadClip(fixture('tiny-hf'), { threads: 1 });
    const opened = await open({ clip: other });
    const refusal = {
      code: 'TUWEN_COLLECTION_MODEL',
      value: { stored: { name: 'mini', dim: clip.info.dim }, model: { dim: other.info.dim } },
      remedy: expect.stringContaining('--model mini'),
    };
    await expect(opened.search({ text: '猫' })).rejects.toMatchObject(refusal);
    await expect(opened.sync([photos])).rejects.toMatchObject(refusal);
    await opened.close();
    await other.close();
  });
});

describe('search', () => {
  beforeEach(() => sync());

  test('by words, by a picture, by an item, and by sums of them', async () => {
    expect((await names('一辆自行车', { top: 1 }))[0]).toBe(join('画', '自行车.png'));
    const [melon] = (await collection.search({ image: join(PICTURES, '西瓜.png') })).results;
    expect(melon!.path).toBe(at('画', '西瓜.png'));
    const alike = await collection.search({ id: melon!.id });
    expect(alike.results).toHaveLength(3);
    expect(alike.results.map(({ id }) => id)).not.toContain(melon!.id);
    const vectors = await clip.embedTexts(['雪山', '小提琴']);
    const sum = vectors.at(0).map((value, i) => value - 0.5 * vectors.at(1)[i]!);
    const length = Math.hypot(...sum);
    const found = await collection.search({ text: '雪山', minus: [{ text: '小提琴', weight: 0.5 }] });
    for (const { path, score } of found.results) {
      const [picture] = await clip.embedImages([path]);
      const cosine = sum.reduce((total, value, i) => total + (value / length) * picture![i]!, 0);
      expect(score).toBeCloseTo(cosine, 5);
    }
  });

  test('by pages, by filters, by the least score', async () => {
    const all = (await collection.search({ text: '西瓜' })).results;
    expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).sort((a, b) => b - a));
    const second = await collection.search({ text: '西瓜' }, { top: 2, offset: 1 });
    expect(second).toEqual({ results: all.slice(1, 3), total: 4 });
    const filtered = await collection.search({ text: '西瓜' }, { where: 'name ~ 山 or name ~ 琴' });
    expect(filtered.total).toBe(2);
    const good = await collection.search({ text: '西瓜' }, { minScore: all[1]!.score });
    expect(good.results).toEqual(all.slice(0, 2));
    expect(await collection.get(all[0]!.id)).toMatchObject({ path: at('画', '西瓜.png') });
    expect(await collection.get('0'.repeat(32))).toBeUndefined();
  });

  test('by own fields, from the sidecar beside a picture, as they change', async () => {
    const path = `${at('画', '雪山.png')}.json`;
    const rated = async (where: string) => (await collection.search({ text: '雪' }, { where })).total;
    await writeFile(path, JSON.stringify({ rating: 5, title: '富士山', nested: {}, list: [1] }));
    expect(counts(await sync())).toMatchObject({ unchanged: 4, failed: 0 });
    expect(await rated('fields.rating >= 5 and fields.title = 富士山')).toBe(1);
    await writeFile(path, JSON.stringify({ rating: 3 }));
    await sync();
    expect(await rated('fields.rating >= 5')).toBe(0);
    await writeFile(path, '{');
    expect((await sync()).failed).toEqual([{ path, code: 'TUWEN_FILE_UNREADABLE' }]);
    await unlink(path);
    expect(await sync()).toMatchObject({ failed: [], unchanged: 4 });
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
    await expect(collection.search(query, options)).rejects.toMatchObject({ code });
  });

  test('needs no model for items, and says so where it does', async () => {
    const [first] = (await collection.search({ text: '猫' })).results;
    const bare = await openCollection({ folder: store });
    expect((await bare.search({ id: first!.id })).results).toHaveLength(3);
    await expect(bare.search({ text: '猫' })).rejects.toMatchObject({ code: 'TUWEN_MODEL_NOT_CHOSEN' });
    await bare.close();
    await expect(bare.search({ id: first!.id })).rejects.toMatchObject({ code: 'TUWEN_COLLECTION_CLOSED' });
  });
});

describe('duplicates', () => {
  const groups = async (options = {}) => {
    const found: string[][] = [];
    for await (const group of collection.duplicates(options))
      found.push(group.map(({ path }) => path.slice(photos.length + 1)));
    return found;
  };

  test('are files of the same content, the oldest first, or pictures of at least a cosine', async () => {
    await copyFile(at('画', '西瓜.png'), at('a.png'));
    await copyFile(at('画', '西瓜.png'), at('b.png'));
    await utimes(at('b.png'), 1000, 1000);
    await sync();
    expect(await groups()).toEqual([['b.png', expect.any(String), expect.any(String)]]);
    expect(await groups({ where: 'name != b.png' })).toEqual([[expect.any(String), expect.any(String)]]);
    expect((await groups({ minScore: 0.9999 })).map((group) => group.length)).toEqual([3]);
    expect((await groups({ minScore: -1 })).map((group) => group.length)).toEqual([6]);
    await expect(groups({ minScore: 2 })).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT' });
  });
});

test('watch takes in changes as they happen', async () => {
  const stop = new AbortController();
  const reports: SyncReport[] = [];
  let heard = () => {};
  const next = async (wanted: (report: SyncReport) => boolean) => {
    while (!reports.some(wanted)) await new Promise<void>((resolve) => (heard = resolve));
    reports.length = 0;
  };
  const watching = collection.watch([photos], {
    signal: stop.signal,
    decoders: 1,
    onSync: (report) => {
      reports.push(report);
      heard();
    },
  });
  await next(({ added }) => added === 4);
  await copyFile(join(PICTURES, '龙.png'), at('画', '龙.png'));
  await next(({ added }) => added === 1);
  await mkdir(at('新', '深'), { recursive: true });
  await copyFile(join(PICTURES, '饺子.png'), at('新', '深', '饺子.png'));
  await next(({ added }) => added === 1);
  await rename(at('新'), at('旧'));
  await next(({ updated }) => updated === 1);
  await rm(at('旧'), { recursive: true });
  await next(({ removed }) => removed === 1);
  stop.abort();
  await watching;
  expect((await collection.info()).count).toBe(5);
});

describe('places', () => {
  test('collections have names, lie in TUWEN_HOME, and are listed', async () => {
    const before = process.env.TUWEN_HOME;
    process.env.TUWEN_HOME = join(base, 'home');
    try {
      expect(await listCollections()).toEqual([]);
      await expect(openCollection({ name: '相册' })).rejects.toMatchObject({
        code: 'TUWEN_COLLECTION_MISSING',
      });
      await (await openCollection({ name: '相册', create: true })).close();
      await (await openCollection({ create: true })).close();
      expect(await readdir(join(base, 'home/collections'))).toEqual(['default', '相册']);
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
