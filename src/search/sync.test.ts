/** Keeping in step with real files, with the shipped model. */
import { copyFile, mkdir, readdir, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { counts, PICTURES, testCollection } from '../../test/support/collection.ts';
import { fixture } from '../../test/support/fixtures.ts';
import type { Progress } from '../base/index.ts';
import { type Clip, loadClip } from '../clip/index.ts';
import type { SyncReport } from './index.ts';

const set = testCollection();

test('takes in what is there, with the vectors that embedImages gives', async () => {
  const names = [
    'jpeg-640x480.jpg',
    'png-palette8.png',
    'gif-transparent.gif',
    'png-la16.png',
    'bmp-palette8.bmp',
  ];
  for (const name of names) await copyFile(fixture(`pixels/sources/${name}`), set.at(name));
  await copyFile(fixture('pixels/sources/jpeg-exif-6.jpg'), set.at('turned.jpg'));
  await copyFile(fixture('heic/phone.heic'), set.at('phone.heic'));
  expect(counts(await set.sync())).toEqual({ added: 11, updated: 0, removed: 0, unchanged: 0, failed: 0 });
  const paths = [...names, 'turned.jpg', 'phone.heic'].map((name) => set.at(name));
  const wanted = await set.clip.embedImages(paths);
  for (const [i, path] of paths.entries()) {
    const { results } = await set.collection.search({ image: path }, { top: 1 });
    expect(results[0]!.path).toBe(path);
    expect(results[0]!.score, path).toBeCloseTo(1, 5);
    expect(wanted.at(i).length).toBe(set.clip.info.dim);
  }
  const phone = (await set.collection.search({ image: set.at('phone.heic') }, { top: 1 })).results[0]!;
  expect(phone).toMatchObject({ width: 64, height: 96, taken: '2024-05-01T23:59:58' });
});

test('finds nothing to do the second time, and only what changed the third', async () => {
  await set.sync();
  expect(counts(await set.sync())).toEqual({ added: 0, updated: 0, removed: 0, unchanged: 4, failed: 0 });
  await copyFile(join(PICTURES, '红包.png'), set.at('画', '西瓜.png'));
  await unlink(set.at('画', '自行车.png'));
  await copyFile(join(PICTURES, '饺子.png'), set.at('饺子.png'));
  expect(counts(await set.sync())).toEqual({ added: 1, updated: 1, removed: 1, unchanged: 2, failed: 0 });
  expect((await set.find('红包', { top: 1 }))[0]).toBe(join('画', '西瓜.png'));
  expect((await set.collection.info()).count).toBe(4);
  expect(await set.find('自行车')).not.toContain(join('画', '自行车.png'));
});

test('moves files and folders along without running the model, and keeps touched ones', async () => {
  await set.sync();
  await rename(set.at('画'), set.at('旧画'));
  await utimes(set.at('旧画', '雪山.png'), 1, 1);
  await copyFile(set.at('旧画', '西瓜.png'), set.at('西瓜 副本.png'));
  const still = {
    ...set.clip,
    embedImages: () => Promise.reject(new Error('the model ran')),
  } as unknown as Clip;
  await set.reopen({ clip: still });
  expect(counts(await set.sync())).toEqual({ added: 1, updated: 4, removed: 0, unchanged: 0, failed: 0 });
  await utimes(set.at('旧画', '雪山.png'), 2, 2);
  expect(counts(await set.sync())).toEqual({ added: 0, updated: 0, removed: 0, unchanged: 5, failed: 0 });
  await set.reopen();
  expect((await set.find('雪山', { top: 1 }))[0]).toBe(join('旧画', '雪山.png'));
});

test('reports what cannot be decoded, and tries it again only when it changes', async () => {
  await copyFile(fixture('pixels/sources/jpeg-truncated.jpg'), set.at('broken.jpg'));
  await writeFile(set.at('text.png'), 'no picture');
  const told: string[] = [];
  const report = await set.sync({ onFailure: (path: string) => told.push(path) });
  const failed = ['broken.jpg', 'text.png'].map((name) => ({
    path: set.at(name),
    code: 'TUWEN_IMAGE_UNREADABLE',
  }));
  expect(report).toEqual({ added: 4, updated: 0, removed: 0, unchanged: 0, failed });
  expect(told).toEqual(failed.map(({ path }) => path));
  told.length = 0;
  expect(await set.sync({ onFailure: (path: string) => told.push(path) })).toEqual({
    ...report,
    added: 0,
    unchanged: 4,
  });
  expect(told).toEqual([]);
  await set.sync({ retry: true, onFailure: (path: string) => told.push(path) });
  expect(told).toHaveLength(2);
  await copyFile(join(PICTURES, '龙.png'), set.at('text.png'));
  expect(counts(await set.sync())).toEqual({ added: 1, updated: 0, removed: 0, unchanged: 4, failed: 1 });
  await writeFile(set.at('画', '西瓜.png'), 'was a picture once');
  expect(counts(await set.sync())).toEqual({ added: 0, updated: 0, removed: 0, unchanged: 4, failed: 2 });
  expect(await set.find('西瓜')).not.toContain(join('画', '西瓜.png'));
});

test('leaves out what is hidden or ignored, and survives links that lead in circles', async () => {
  await mkdir(set.at('.缩略图'));
  await copyFile(join(PICTURES, '龙.png'), set.at('.缩略图', '龙.png'));
  await copyFile(join(PICTURES, '龙.png'), set.at('.龙.png'));
  await mkdir(set.at('画', '草稿'));
  await copyFile(join(PICTURES, '龙.png'), set.at('画', '草稿', '龙.png'));
  await copyFile(join(PICTURES, '饺子.png'), set.at('画', 'IMG_副本.png'));
  await writeFile(set.at('画', '.tuwenignore'), '草稿/\n*副本*\n');
  await symlink(set.photos, set.at('画', '回来'));
  await symlink(set.at('画'), set.at('又是画'));
  await symlink(set.at('没有.png'), set.at('断.png'));
  await writeFile(set.at('notes.txt'), 'x');
  expect(counts(await set.sync())).toEqual({ added: 4, updated: 0, removed: 0, unchanged: 0, failed: 0 });
  await writeFile(set.at('画', '.tuwenignore'), '草稿/\n西瓜.png\n');
  expect(counts(await set.sync())).toEqual({ added: 1, updated: 0, removed: 1, unchanged: 3, failed: 0 });
});

test('keeps in step with all folders given so far, and forgets one when told', async () => {
  const other = join(set.base, '其他');
  await mkdir(other);
  await copyFile(join(PICTURES, '龙.png'), join(other, '龙.png'));
  await set.sync();
  expect(counts(await set.collection.sync([other]))).toEqual({
    added: 1,
    updated: 0,
    removed: 0,
    unchanged: 4,
    failed: 0,
  });
  expect((await set.collection.info()).folders).toEqual([other, set.photos].sort());
  await unlink(join(other, '龙.png'));
  expect(counts(await set.sync())).toMatchObject({ removed: 1, unchanged: 4 });
  await rm(other, { recursive: true });
  await expect(set.sync()).rejects.toMatchObject({ code: 'TUWEN_FILE_MISSING', value: { path: other } });
  expect((await set.collection.info()).count).toBe(4);
  expect(await set.collection.forget(other)).toBe(0);
  expect(await set.collection.forget(set.photos)).toBe(4);
  expect(await set.collection.info()).toMatchObject({ count: 0, folders: [] });
});

test('stops when told, keeps what is done, and goes on the next time', async () => {
  const stop = new AbortController();
  const onProgress = ({ unit, done }: Progress) => {
    if (unit === 'image' && done >= 2) stop.abort();
  };
  const stopped = set.sync({ signal: stop.signal, batchSize: 1, onProgress });
  await expect(stopped).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  const { count } = await set.collection.info();
  expect(count).toBeGreaterThan(0);
  expect(counts(await set.sync())).toEqual({
    added: 4 - count,
    updated: 0,
    removed: 0,
    unchanged: count,
    failed: 0,
  });
});

test('is one at a time: a second is refused, or waits', async () => {
  const second = await set.open();
  const first = set.sync();
  while (!(await readdir(join(set.base, 'store'))).includes('lock')) await pause(1);
  await expect(second.sync([set.photos])).rejects.toMatchObject({ code: 'TUWEN_LOCKED' });
  const waited = second.sync([set.photos], { wait: true });
  expect((await first).added).toBe(4);
  expect(await waited).toMatchObject({ added: 0, unchanged: 4 });
  await second.close();
});

test('refuses another model with the remedy', async () => {
  await set.sync();
  const other = await loadClip(fixture('tiny-hf'), { threads: 1 });
  const opened = await set.open({ clip: other });
  const refusal = {
    code: 'TUWEN_COLLECTION_MODEL',
    value: { stored: { name: 'mini', dim: set.clip.info.dim }, model: { dim: other.info.dim } },
    remedy: expect.stringContaining('--model mini'),
  };
  await expect(opened.search({ text: '猫' })).rejects.toMatchObject(refusal);
  await expect(opened.sync([set.photos])).rejects.toMatchObject(refusal);
  await opened.close();
  await other.close();
});

test('watch takes in changes as they happen', async () => {
  const stop = new AbortController();
  const reports: SyncReport[] = [];
  let heard = () => {};
  const next = async (wanted: (report: SyncReport) => boolean) => {
    while (!reports.some(wanted)) await new Promise<void>((resolve) => (heard = resolve));
    reports.length = 0;
  };
  const watching = set.collection.watch([set.photos], {
    signal: stop.signal,
    decoders: 1,
    onSync: (report) => {
      reports.push(report);
      heard();
    },
  });
  await next(({ added }) => added === 4);
  await copyFile(join(PICTURES, '龙.png'), set.at('画', '龙.png'));
  await next(({ added }) => added === 1);
  await mkdir(set.at('新', '深'), { recursive: true });
  await copyFile(join(PICTURES, '饺子.png'), set.at('新', '深', '饺子.png'));
  await next(({ added }) => added === 1);
  await rename(set.at('新'), set.at('旧'));
  await next(({ updated }) => updated === 1);
  await rm(set.at('旧'), { recursive: true });
  await next(({ removed }) => removed === 1);
  stop.abort();
  await watching;
  expect((await set.collection.info()).count).toBe(5);
});
