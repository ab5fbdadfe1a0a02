/** The page of a training run: what it answers, and that it does while the main thread is busy. */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { openDataSet } from '../../data/index.ts';
import { trainingPage } from './application.ts';
import { openTrainingPage } from './open.ts';

let folder: string;
let pages: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-page-'));
  pages = join(folder, 'web');
  await mkdir(join(pages, 'training'), { recursive: true });
  await writeFile(join(pages, 'training/index.html'), '<title>训练</title>');
  await writeFile(join(folder, 'settings.json'), '[{"lr":0.001}]');
});
afterAll(() => rm(folder, { recursive: true }));

const ask = (app: ReturnType<typeof trainingPage>, path: string, host = '127.0.0.1') =>
  app.request(`http://${host}${path}`);

test('the log is told as it grows, whole lines only', async () => {
  const app = trainingPage({ folder, pages: new Map() });
  const log = join(folder, 'log.jsonl');
  expect(await (await ask(app, '/api/log')).json()).toEqual({ events: [], next: 0 });
  await appendFile(log, '{"kind":"step","step":0}\n{"kind":"st');
  const first = await (await ask(app, '/api/log?from=0')).json();
  expect(first).toEqual({ events: [{ kind: 'step', step: 0 }], next: 25 });
  await appendFile(log, 'ep","step":1}\n');
  const second = await (await ask(app, '/api/log?from=25')).json();
  expect(second).toEqual({ events: [{ kind: 'step', step: 1 }], next: 50 });
  expect(await (await ask(app, '/api/settings')).json()).toEqual([{ lr: 0.001 }]);
  for (const wrong of ['-1', 'x', '1.5']) expect((await ask(app, `/api/log?from=${wrong}`)).status).toBe(400);
});

test('pictures are those of the validation data, small', async () => {
  await using data = await openDataSet(fixture('lmdb/tsv'), { split: 'valid' });
  const app = trainingPage({ folder, pages: new Map(), pictures: data });
  let id: unknown;
  for await (const picture of data.pictures()) id ??= picture.id;
  const answer = await ask(app, `/api/picture?id=${id}`);
  expect(answer.headers.get('content-type')).toBe('image/webp');
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(8, 12)
      .toString(),
  ).toBe('WEBP');
  for (const other of ['999999', '../settings.json', '18446744073709551616'])
    expect((await ask(app, `/api/picture?id=${encodeURIComponent(other)}`)).status).toBe(404);
});

test('nobody else may ask', async () => {
  const app = trainingPage({ folder, pages: new Map() });
  for (const host of ['example.org', '10.0.0.1'])
    expect((await ask(app, '/api/settings', host)).status).toBe(403);
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    expect((await ask(app, '/api/settings', host)).status).toBe(200);
});

test('it answers while the main thread is busy', async () => {
  const page = await openTrainingPage({ folder, port: 0, pages });
  // The child is waited for without letting the event loop turn.
  const get = (path: string) =>
    execFileSync(process.execPath, [
      '-e',
      'fetch(process.argv[1]).then((r) => r.text()).then((t) => process.stdout.write(t))',
      page.address + path,
    ]).toString();
  expect(get('/')).toBe('<title>训练</title>');
  expect(JSON.parse(get('/api/settings'))).toEqual([{ lr: 0.001 }]);
  const { port } = new URL(page.address);
  await expect(openTrainingPage({ folder, port: Number(port), pages })).rejects.toMatchObject({
    code: 'TUWEN_BAD_ARGUMENT',
  });
  await page.close();
});
