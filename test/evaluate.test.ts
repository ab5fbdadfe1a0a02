/** tuwen evaluate as a process, on official files. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tuwen } from './support/command-line.ts';
import { fixture } from './support/fixtures.ts';
import { ROOT } from './support/package.ts';

// Every test starts programs of their own.
vi.setConfig({ testTimeout: 180_000 });

const retrieval = (name: string) => fixture(`evaluation/retrieval/${name}`);
const DRAWINGS = ['西瓜', '龙', '饺子', '消防车', '自行车', '红包', '雪山', '小提琴'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('retrieval from feature files: the official files byte for byte, and a report', async () => {
  const own = join(folder, 'features');
  const args = ['--annotations', retrieval('test_texts.jsonl')];
  args.push('--image-features', retrieval('test_imgs.img_feat.jsonl'));
  args.push('--text-features', retrieval('test_texts.txt_feat.jsonl'), '-o', own, '--json');
  const { code, out, err } = await tuwen(['evaluate', 'retrieval', ...args]);
  expect(code, err).toBe(0);
  for (const name of [
    'test_predictions.jsonl',
    'test_tr_predictions.jsonl',
    'test_texts.tr.jsonl',
    'output.json',
    'output_tr.json',
  ]) {
    expect(await readFile(join(own, name), 'utf8'), name).toBe(await readFile(retrieval(name), 'utf8'));
  }
  const official = JSON.parse(await readFile(retrieval('output.json'), 'utf8'));
  const report = JSON.parse(out);
  expect(report.runs[0].directions[0].recall.mr).toBe(official.score);
  expect(await readFile(join(own, 'report.html'), 'utf8')).toContain('第0条文字');
});

test('predictions: what the official script writes, and 1 where it refuses', async () => {
  const output = join(folder, 'output.json');
  const files = [retrieval('test_texts.jsonl'), retrieval('test_predictions.jsonl')];
  const right = await tuwen(['evaluate', 'predictions', ...files, '-o', output]);
  expect(right.code, right.err).toBe(0);
  expect(right.out).toBe('R@1 26.67  R@5 58.33  R@10 76.67  MR 53.89\n');
  expect(await readFile(output, 'utf8')).toBe(await readFile(retrieval('output.json'), 'utf8'));

  const cut = join(folder, 'cut.jsonl');
  const lines = (await readFile(files[1]!, 'utf8')).split('\n');
  await writeFile(cut, [lines[0], '{"text_id": 227, "image_ids": [1]}', ...lines.slice(2)].join('\n'));
  const wrong = await tuwen(['evaluate', 'predictions', files[0]!, cut, '-o', output]);
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain(`${cut}, line 2: Text_id 227 has wrong number of predicted image_ids`);
  expect(JSON.parse(await readFile(output, 'utf8')).success).toBe(false);
});

test('retrieval from a data set in the official form: two precisions, groups, features taken up', async () => {
  const data = join(folder, 'drawings');
  await mkdir(data);
  const picture = (name: string) => readFile(join(ROOT, `examples/pictures/${name}.png`));
  const tsv = await Promise.all(
    DRAWINGS.map(async (name, i) => `${i + 5}\t${(await picture(name)).toString('base64')}\n`),
  );
  await writeFile(join(data, 'test_imgs.tsv'), tsv.join(''));
  const texts = DRAWINGS.map((text, i) => ({
    text_id: i,
    text,
    image_ids: [i + 5],
    kind: i < 3 ? '甲' : '乙',
  }));
  await writeFile(join(data, 'test_texts.jsonl'), texts.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const args = ['evaluate', 'retrieval', '--data', data, '--model', 'mini', '--precision', 'fp32,int8'];
  args.push('--group-by', 'kind', '-o', join(folder, 'out'), '--lang', 'zh');
  const first = await tuwen(args);
  expect(first.code, first.err).toBe(0);
  expect(first.out).toContain('| 文到图 | mini | int8 |');
  expect(first.out).toContain('按 kind 分组');
  const again = await tuwen([...args, '--json']);
  expect(again.code, again.err).toBe(0);
  const report = JSON.parse(again.out);
  expect(report.sets[0].files.map(({ path }: { path: string }) => basename(path))).toEqual([
    'test_texts.jsonl',
  ]);
  expect(report.runs[0].directions[0].recall.r1).toBeGreaterThan(80);
  // The official script reads pictures from an LMDB, where ids stand by their bytes.
  const features = await readFile(join(report.runs[0].folder, 'test_imgs.img_feat.jsonl'), 'utf8');
  const ids = features
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).image_id);
  expect(ids).toEqual([10, 11, 12, 5, 6, 7, 8, 9]);

  await writeFile(join(data, 'test_imgs.tsv'), `${tsv.slice(0, 7).join('')}12\tAAAA\n`);
  const broken = await tuwen([...args.slice(0, 6), '-o', join(folder, 'broken')]);
  expect(broken.code).toBe(1);
  expect(broken.err).toContain('TUWEN_EVALUATION_PICTURES_UNREADABLE');
  expect(broken.err).toContain('test_imgs.tsv');
});

test('zeroshot: a folder for each class', async () => {
  const data = join(folder, 'classes');
  for (const name of DRAWINGS) {
    await mkdir(join(data, name), { recursive: true });
    await writeFile(join(data, name, 'a.png'), await readFile(join(ROOT, `examples/pictures/${name}.png`)));
  }
  const args = ['evaluate', 'zeroshot', '--data', data, '--model', 'mini', '-o', join(folder, 'zero')];
  const { code, out, err } = await tuwen(args);
  expect(code, err).toBe(0);
  expect(out).toMatch(/\| mini \| fp32 \| (100|87)\.\d \|/);
  expect(out).toContain('| chance |  | 12.5 |');
});

test('wrong usage ends with 2 and says what to give', async () => {
  const none = await tuwen(['evaluate', 'retrieval', '--model', 'mini']);
  expect(none.code).toBe(2);
  expect(none.err).toContain('--data');
  const half = await tuwen(['evaluate', 'retrieval', '--annotations', 'a.jsonl']);
  expect(half.code).toBe(2);
  const precision = await tuwen(['evaluate', 'zeroshot', '--data', 'x', '--precision', 'int4']);
  expect(precision.code).toBe(2);
  expect(precision.err).toContain('fp32, int8');
});
