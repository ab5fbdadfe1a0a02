/** Collections from the command line: the real program, the shipped model and pictures. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ended, start, tuwen } from './support/command-line.ts';
import { fixture } from './support/fixtures.ts';
import { ROOT } from './support/package.ts';

const PICTURES = join(ROOT, 'examples/pictures');
const NAMES = [
  '小提琴.png',
  '消防车.png',
  '红包.png',
  '自行车.png',
  '西瓜.png',
  '雪山.png',
  '饺子.png',
  '龙.png',
];

// Every command is a program of its own, a few seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let base: string;
let photos: string;
let env: Record<string, string>;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'tuwen-collections-'));
  photos = join(base, '照片');
  env = { TUWEN_HOME: join(base, 'home') };
  await mkdir(photos);
  for (const name of NAMES) await copyFile(join(PICTURES, name), join(photos, name));
  await copyFile(join(PICTURES, '龙.png'), join(photos, '龙 副本.png'));
  await copyFile(fixture('pixels/sources/jpeg-truncated.jpg'), join(photos, 'broken.jpg'));
  const result = await run('index', photos, '--model', 'mini', '--threads', '1', '--json');
  const failed = [{ path: join(photos, 'broken.jpg'), code: 'TUWEN_IMAGE_UNREADABLE' }];
  expect(JSON.parse(result.out)).toEqual({ added: 9, updated: 0, removed: 0, unchanged: 0, failed });
  expect(result.code).toBe(1);
  expect(result.err).toContain('TUWEN_IMAGE_UNREADABLE');
});
afterAll(() => rm(base, { recursive: true, force: true }));

const run = (...args: string[]) => tuwen(args, { env, cwd: base });
const lines = (text: string) => text.trimEnd().split('\n');

describe('index', () => {
  test('without folders says what to do, or goes on with those it knows', async () => {
    const none = await run('index', '--collection', 'empty', '--model', 'mini');
    expect(none).toMatchObject({ code: 2, out: '' });
    expect(none.err).toContain('no folders yet');
    const again = await run('index', '--lang', 'zh');
    expect(again.out).toMatch(/共 9 张图片\n {2}新增 0，更新 0，移除 0，未变 9\n/);
  });

  test('watches until it is told to stop, and forgets folders', async () => {
    const folder = join(base, 'watched');
    await mkdir(folder);
    await copyFile(join(PICTURES, '龙.png'), join(folder, 'a.png'));
    const args = ['index', folder, '--watch', '--json', '--collection', 'watched', '--model', 'mini'];
    const child = start(args, { env, cwd: base });
    const reports: { added: number }[] = [];
    child.stdout!.setEncoding('utf8').on('data', async (text: string) => {
      reports.push(...lines(text).map((line) => JSON.parse(line)));
      if (reports.length === 1) await copyFile(join(PICTURES, '饺子.png'), join(folder, 'b.png'));
      else child.kill('SIGINT');
    });
    const { code, err } = await ended(child);
    expect(code).toBe(130);
    expect(err).toContain('Stopping');
    expect(reports.map(({ added }) => added)).toEqual([1, 1]);
    const forgotten = await run('index', '--forget', folder, '--collection', 'watched', '--json');
    expect(JSON.parse(forgotten.out)).toMatchObject({ removed: 2 });
  });
});

describe('search', () => {
  test('finds pictures by their Chinese names, the model told by the collection', async () => {
    const { out, err, code } = await run('search', '自行车 -0.1*西瓜', '--json', '--top', '3');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { query, results } = JSON.parse(out);
    expect(query).toEqual({ text: '自行车 -0.1*西瓜' });
    expect(results).toHaveLength(3);
    expect(Object.keys(results[0]).slice(0, 3)).toEqual(['id', 'path', 'score']);
    expect(results[0].path).toBe(join(photos, '自行车.png'));
  });

  test('prints a table, paths, JSON lines or CSV; links and copies', async () => {
    const query = ['search', '--image', join(PICTURES, '龙.png'), '--top', '2', '--min-score', '0.9'];
    const both = ['龙 副本.png', '龙.png'];
    const table = await run(...query, '--lang', 'zh');
    const paths = await run(...query, '--format', 'paths', '--links', 'links', '--copies', 'copies');
    const jsonl = await run(...query, '--format', 'jsonl');
    const csv = await run(...query, '--format', 'csv', '--copies', 'copies');
    expect(table.out).toMatch(/^ +余弦 +图片\n +1\.0000 +█{16} +照片\/龙/);
    expect(
      lines(paths.out)
        .map((path) => path.slice(photos.length + 1))
        .sort(),
    ).toEqual(both);
    expect(lines(jsonl.out).map((line) => JSON.parse(line).score.toFixed(4))).toEqual(['1.0000', '1.0000']);
    const [head, ...rows] = lines(csv.out);
    expect(head).toBe('id,path,score,size,modified,width,height,taken,hash');
    expect(rows).toHaveLength(2);
    const exported = await readdir(join(base, 'copies'));
    expect(exported.map((name) => name.slice(4)).sort()).toEqual(both);
    expect(await readFile(join(base, 'copies', exported[0]!))).toEqual(
      await readFile(join(PICTURES, '龙.png')),
    );
    const links = await readdir(join(base, 'links'));
    expect((await readlink(join(base, 'links', links[0]!))).startsWith(photos)).toBe(true);
    expect(csv).toMatchObject({ code: 1, err: expect.stringContaining('EEXIST') });
  });

  test('says what is wrong with a filter, a collection, a model', async () => {
    const filter = await run('search', '西瓜', '--where', 'size > big');
    const collection = await run('search', '--id', 'x', '--collection', '没有');
    const model = await run('search', '西瓜', '--model', fixture('tiny-hf'));
    expect(filter.err).toContain('size > ▸big');
    expect(collection.err).toContain('TUWEN_COLLECTION_MISSING');
    expect(model.err).toMatch(/TUWEN_COLLECTION_MODEL.*\n.*--model mini/);
    expect([filter, collection, model].map(({ code }) => code)).toEqual([2, 1, 1]);
  });
});

describe('duplicates', () => {
  test('prints groups', async () => {
    const json = await run('duplicates', '--json');
    const words = await run('duplicates', '--min-score', '0.99');
    const none = await run('duplicates', '--where', 'name = 龙.png', '--lang', 'zh');
    const groups = lines(json.out).map((line) =>
      JSON.parse(line).items.map(({ path }: { path: string }) => path),
    );
    expect(groups.map((group: string[]) => group.sort())).toEqual([
      [join(photos, '龙 副本.png'), join(photos, '龙.png')],
    ]);
    expect(words.out).toContain('2 alike');
    expect(words.out).toContain('1 groups, 1 pictures more than needed');
    expect(none.out).toBe('没有重复的图片\n');
  });
});
