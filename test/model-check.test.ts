/** `tuwen model check`, and the choice of a model that is none, as processes. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tuwen } from './support/command-line.ts';
import { fixture } from './support/fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-model-check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a whole model: a table, and exit 0', { timeout: 120_000 }, async () => {
  const picture = fixture('pixels/sources/jpeg-420.jpg');
  const args = ['model', 'check', fixture('tiny-hf'), '--image', picture, '--threads', '1', '--lang', 'zh'];
  const { code, out } = await tuwen(args);
  expect(code).toBe(0);
  expect(out).toContain('通过 4 项，不符 0 项，跳过 4 项。');
  expect(out).toContain('官方只公布了 ViT-B-16 的结果');
});

test('a vocabulary whose words were shuffled: what differs, and exit 1', { timeout: 120_000 }, async () => {
  const model = join(folder, 'shuffled');
  await cp(fixture('tiny-hf'), model, { recursive: true });
  const path = join(model, 'vocab.txt');
  const words = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const shuffled = [...words.slice(0, 200), ...words.slice(200).reverse()];
  await writeFile(path, `${shuffled.join('\n')}\n`);
  const { code, out } = await tuwen(['model', 'check', model, '--threads', '1', '--json']);
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ model, path: model, layout: 'hf', passed: false });
  const failed = report.checks.filter(({ status }: { status: string }) => status === 'failed');
  expect(failed).toMatchObject([{ name: 'tokenizer', count: 14 }]);
  expect(failed[0].wrong).toContain('12:30');
});

test('a folder that is no model does not become the default', async () => {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  const env = { TUWEN_HOME: join(folder, 'home') };
  const refused = await tuwen(['model', 'use', empty], { env });
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain('TUWEN_LAYOUT_UNKNOWN');
  const listed = await tuwen(['model', 'list', '--json'], { env });
  expect(JSON.parse(listed.out).default).toBeNull();
});
