/** tuwen train, as a process. */
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ended, start, tuwen } from './support/command-line.ts';
import { fixture } from './support/fixtures.ts';
import { TINY, tensorsOf } from './support/training-run.ts';

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-train-'));
  config = join(folder, 'run.yaml');
  await writeFile(config, JSON.stringify({ ...TINY, logs: join(folder, 'logs'), 'use-augment': true }));
});
afterAll(() => rm(folder, { recursive: true }));

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('Ctrl-C saves, the same command goes on, and the end is that of a run that was left alone', async () => {
  const args = (name: string) => [
    'train',
    config,
    '--name',
    name,
    '--threads',
    '1',
    '--max-steps',
    '6',
    '--json',
  ];
  const whole = await tuwen(args('whole'));
  expect(whole.code).toBe(0);
  const told = lines(whole.out);
  expect(told.map(({ kind }) => kind)).toEqual([
    ...Array(5).fill('step'),
    'validation',
    'step',
    'validation',
    'done',
  ]);
  expect(told[0]).toMatchObject({ step: 0, steps: 6, epoch: 0, pairs: 8, learningRate: 5e-4 });

  const child = start(args('stopped'));
  await once(child.stdout!, 'data');
  child.kill('SIGINT');
  expect((await ended(child)).code).toBe(130);
  const rest = await tuwen(args('stopped'));
  expect([rest.code, rest.err]).toEqual([0, expect.stringContaining('Going on from')]);
  const checkpoint = (told.at(-1) as { checkpoint: string }).checkpoint;
  expect(await tensorsOf(checkpoint.replace('/whole/', '/stopped/'))).toEqual(await tensorsOf(checkpoint));
}, 180_000);

test('a page shows the run while it trains', async () => {
  const child = start(['train', config, '--name', 'watched', '--max-steps', '6', '--watch', '0']);
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child.stderr!, 'data');
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
  const ask = async (path: string) => (await fetch(address + path)).text();
  expect(await ask('/')).toContain('<div id="root">');
  let events: { kind: string; samples?: unknown[] }[] = [];
  while (!events.some(({ kind }) => kind === 'step')) events = JSON.parse(await ask('/api/log')).events;
  expect(events[0]).toMatchObject({ kind: 'step', step: 0 });
  expect((await ended(child)).code).toBe(0);
}, 60_000);

test('a dry run names what is wrong with the data, by file and line, and trains nothing', async () => {
  const data = join(folder, 'data');
  await cp(fixture('lmdb/tsv'), data, { recursive: true });
  const texts = join(data, 'train_texts.jsonl');
  const stored = (await readFile(texts, 'utf8')).trimEnd().split('\n');
  const bad = [
    '{"text_id": 900, "text": "  ", "image_ids": [5]}',
    '{"text_id": 901, "text": "无图", "image_ids": [404]}',
  ];
  await writeFile(texts, `${[...stored, ...bad].join('\n')}\n`);
  const pictures = join(data, 'train_imgs.tsv');
  const rows = (await readFile(pictures, 'utf8')).trimEnd().split('\n');
  await writeFile(
    pictures,
    `${[...rows, `999\t${Buffer.from('no picture').toString('base64')}`].join('\n')}\n`,
  );
  const good = await tuwen(['train', config, '--dry-run']);
  expect([good.code, good.out]).toEqual([0, expect.stringContaining('in order')]);
  const found = await tuwen(['train', config, '--train-data', data, '--dry-run', '--json']);
  expect(found.code).toBe(1);
  const [report] = lines(found.out);
  expect(report).toMatchObject({
    problemCount: 3,
    problems: [
      { kind: 'unreadable-picture', path: pictures, line: rows.length + 1 },
      { kind: 'empty-caption', path: texts, line: stored.length + 1, about: '900' },
      { kind: 'missing-picture', path: texts, line: stored.length + 2, about: '404' },
    ],
    stages: [{ batch: 8, steps: 9 }],
  });
}, 180_000);

test('writes a file of settings that it reads again, and refuses settings it does not know', async () => {
  const path = join(folder, 'new.yaml');
  expect((await tuwen(['train', '--init-config', path, '--lang', 'zh'])).code).toBe(0);
  expect(parse(await readFile(path, 'utf8'))).toMatchObject({ 'batch-size': 64, warmup: 500 });
  expect((await tuwen(['train', '--init-config', path])).err).toContain('TUWEN_FILE_UNWRITABLE');
  const unknown = join(folder, 'unknown.yaml');
  await writeFile(unknown, 'batch-sise: 8\n');
  const refused = await tuwen(['train', unknown]);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('batch-size')]);
  expect((await tuwen(['train', config, '--batch-size', '0'])).code).toBe(2);
}, 180_000);
