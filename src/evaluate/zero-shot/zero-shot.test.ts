/** Against `zeroshot_evaluation.py`: `test/fixtures/evaluation/zeroshot`. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fixture, readJsonFixture } from '../../../test/support/fixtures.ts';
import { classVectors, embeddings, loadClip } from '../../clip/index.ts';
import { zeroShotHtml, zeroShotMarkdown } from '../report/index.ts';
import { probabilitiesOf } from './classifier.ts';
import { openClassSet } from './folder.ts';
import { classification } from './measure.ts';
import { evaluateZeroShot } from './run.ts';
import { rounded, submission } from './submission.ts';
import { readTemplates } from './templates.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Shaped {
  readonly file: string;
  readonly shape: readonly number[];
}

const expected = readJsonFixture<{
  classes: string[];
  samples: [string, number][];
  index: number[];
  imageFeatures: Shaped;
  sets: Record<string, { top1: number; textFeatures: Shaped; classifier: Shaped; probabilities: Shaped }>;
}>('evaluation/zeroshot/zeroshot.json');

const path = (name: string) => fixture(`evaluation/zeroshot/${name}`);
const floats = async ({ file }: Shaped) =>
  new Float32Array(Uint8Array.from(await readFile(path(file))).buffer);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-zero-shot-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the official layout', () => {
  test('classes and pictures come in the order of ImageFolder', async () => {
    const set = await openClassSet(path('data'));
    expect(set.split).toBe('test');
    expect(set.labels).toEqual(expected.classes);
    expect(set.samples.map(({ id, label }) => [id, label])).toEqual(expected.samples);
    expect(set.files.map(({ path: file }) => basename(file))).toEqual(['label_cn.txt', 'test']);
  });

  test('the folder of classes itself finds the labels beside it', async () => {
    const set = await openClassSet(path('data/test'));
    expect(set.labels).toEqual(expected.classes);
    expect(set.samples.length).toBe(expected.samples.length);
  });

  test('labels that are more or fewer than the folders are an error', async () => {
    const labelsFile = join(folder, 'labels.txt');
    await writeFile(labelsFile, '甲\n乙\n');
    await expect(openClassSet(path('data'), { labelsFile })).rejects.toMatchObject({
      code: 'TUWEN_EVALUATION_FILE_INVALID',
      value: { path: labelsFile, fault: 'wrong-label-count', got: '2 ≠ 5' },
    });
    await writeFile(labelsFile, '甲\n\n乙\n');
    await expect(openClassSet(path('data'), { labelsFile })).rejects.toMatchObject({
      value: { fault: 'blank-line', line: 2 },
    });
  });
});

describe('the numbers of the official script', () => {
  const shape = expected.imageFeatures.shape as [number, number];
  const unit = (data: Float32Array, dim: number) =>
    data.map((value, i) => {
      const start = Math.floor(i / dim) * dim;
      return value / Math.hypot(...data.subarray(start, start + dim));
    });

  test.each(Object.entries(expected.sets))('%s: class vectors, probabilities, top-1', async (_, set) => {
    const [classes, templates, dim] = set.textFeatures.shape as [number, number, number];
    const texts = unit(await floats(set.textFeatures), dim);
    const embed = async () => embeddings(texts, dim);
    const labels = expected.classes;
    const vectors = await classVectors(embed, labels, new Array(templates).fill('{}'));
    const classifier = await floats(set.classifier);
    for (let c = 0; c < classes; c++) {
      for (let d = 0; d < dim; d++) expect(vectors.at(c)[d]).toBeCloseTo(classifier[d * classes + c]!, 5);
    }
    const pictures = { data: unit(await floats(expected.imageFeatures), dim), count: shape[0], dim };
    const probabilities = await floats(set.probabilities);
    const rows = pictures.count;
    for (let i = 0; i < rows; i++) {
      const own = probabilitiesOf(pictures, i, vectors);
      for (const [c, value] of own.entries()) expect(value).toBeCloseTo(probabilities[i * classes + c]!, 5);
    }
    const samples = expected.samples.map(([, label], place) => ({ label, place }));
    const result = classification(samples, ({ place }) => probabilitiesOf(pictures, place, vectors), labels);
    expect(result.accuracy.top1).toBeCloseTo(set.top1 * 100, 9);
  });

  test.each([
    ['food-101', 'food-101', 'submission.food-101.json', undefined],
    ['food-101', 'food-101', 'submission.food-101-index.json', 'index'],
    ['imagenet', 'openai', 'submission.imagenet.json', undefined],
  ] as const)('%s %s: %s, byte for byte', async (dataset, set, file, index) => {
    const { shape: size } = expected.sets[set]!.probabilities;
    const [count, classes] = size as [number, number];
    const data = await floats(expected.sets[set]!.probabilities);
    const of = { modelName: 'CN-CLIP-ViT-B-16', dataset, parameters: 401825, imageParameters: 50816 };
    const order = index ? expected.index : Array.from({ length: count }, (_, i) => i);
    const row = (i: number) => data.subarray(i * classes, (i + 1) * classes);
    const written = JSON.parse([...submission(of, order, row)].join(''));
    const official = await readFile(path(file), 'utf8');
    expect([...submission(of, order, row)].join('')).toBe(official);
    expect(written.dataset_name).toBe(dataset);
  });

  test('rounding is that of Python: halves to even', () => {
    // round(x, 6) of Python 3.11.
    expect([0.0078125, 0.0234375, 0.1234565, 1e-7, 1, -0.0078125].map(rounded)).toEqual([
      0.007812, 0.023438, 0.123456, 0, 1, -0.007812,
    ]);
  });
});

test('accuracy, mean per class and the confusion matrix', () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.6, 0.3, 0.1],
    [0.3, 0.3, 0.4],
  ];
  const samples = [0, 0, 0, 2].map((label, place) => ({ label, place }));
  const result = classification(samples, ({ place }) => rows[place]!, ['甲', '乙', '丙']);
  expect(result.accuracy).toMatchObject({ top1: 75, top5: 100 });
  expect(result.accuracy.meanPerClass).toBeCloseTo((200 / 3 + 100) / 2, 9);
  expect(result.confusion).toEqual([
    [2, 1, 0],
    [0, 0, 0],
    [0, 0, 1],
  ]);
  expect(result.ranks).toEqual([1, 2, 1, 1]);
  expect(result.chance.top1).toBeCloseTo(100 / 3, 9);
  // A model that says the same of every picture finds the first class only.
  const constant = classification(samples, () => [0.2, 0.2, 0.2], ['甲', '乙', '丙']);
  expect(constant.ranks).toEqual([1, 1, 1, 3]);
});

describe('templates', () => {
  const written = async (name: string, text: string) => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };

  test('lines, JSON, and the lists of a Python file, which is never run', async () => {
    const python = await written(
      'templates.py',
      `import os\nopenai_templates = [\n    lambda c: f"{c}的照片",\n    lambda c: f'一张{c}，照片。',\n]\n\nfood_templates = [lambda name: f"{name}美食"]\nraise SystemExit\n`,
    );
    expect(await readTemplates(python, 'imagenet')).toEqual(['{}的照片', '一张{}，照片。']);
    expect(await readTemplates(python, 'food-101')).toEqual(['{}美食']);
    const only = await written('one.py', "names = ['甲']\nthe_template = [\n    lambda c: f'{c}。',\n]\n");
    expect(await readTemplates(only, 'food-101')).toEqual(['{}。']);
    expect(await readTemplates(await written('t.txt', '{}的照片\r\n{}\n'), '')).toEqual(['{}的照片', '{}']);
    expect(await readTemplates(await written('t.json', '["{}的照片"]'), '')).toEqual(['{}的照片']);
  });

  test('a template without a place for the label is named', async () => {
    const file = await written('bad.txt', '{}的照片\n照片\n');
    await expect(readTemplates(file, '')).rejects.toMatchObject({
      value: { path: file, fault: 'bad-template', line: 2, got: '照片' },
    });
  });
});

describe('whole runs', () => {
  const PICTURES = fileURLToPath(new URL('../../../examples/pictures/', import.meta.url));
  const mini = () => loadClip('mini', { threads: 1 });

  /** A folder for each drawing, named by what it shows. */
  async function drawings(): Promise<string> {
    const root = await mkdtemp(join(folder, 'drawings-'));
    for (const name of (await readdir(PICTURES)).filter((each) => each.endsWith('.png'))) {
      const own = join(root, basename(name, '.png'));
      await mkdir(own);
      await writeFile(join(own, name), await readFile(join(PICTURES, name)));
    }
    return root;
  }

  test('a folder for each class needs no preparation', async () => {
    const root = await drawings();
    const set = await openClassSet(root);
    const own = await mkdtemp(join(folder, 'run-'));
    const task = { set, templates: ['{}', '一张{}的图片'], dataset: 'drawings' };
    const int8 = () => loadClip('mini', { threads: 1, precision: 'int8' });
    const report = await evaluateZeroShot([task], [mini, int8], { folder: own });
    const [run] = report.runs;
    // The shipped model knows these drawings; chance is 1 in 8.
    expect(run!.accuracy.top1).toBeGreaterThan(80);
    expect(run!.chance.top1).toBe(12.5);
    expect(report.comparisons).toMatchObject([{ from: 0, to: 1 }]);
    expect((await readdir(run!.folder)).sort()).toEqual([
      'all_imgs.img_feat.jsonl',
      'all_imgs.img_feat.jsonl.run.json',
      'confusion.csv',
      'confusion.png',
      'drawings.json',
    ]);
    const sent = JSON.parse(await readFile(join(run!.folder, 'drawings.json'), 'utf8'));
    expect(sent.predictions[0].length).toBe(8);
    for (const row of sent.predictions[0]) {
      expect(row.reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 4);
    }
    expect(zeroShotMarkdown(report)).toContain('| mini | int8 |');
    expect(await zeroShotHtml(report)).toMatch(/src="data:image\/png;base64,iVBOR/);
  });

  test('an index that names a picture that is not there, and a picture that is none', async () => {
    const root = await drawings();
    const own = await mkdtemp(join(folder, 'run-'));
    const indexFile = join(folder, 'index.json');
    await writeFile(indexFile, '[0, 8]');
    const task = { set: await openClassSet(root), templates: ['{}'], dataset: 'drawings', indexFile };
    await expect(evaluateZeroShot([task], [mini], { folder: own })).rejects.toMatchObject({
      value: { path: indexFile, fault: 'bad-index', got: 8 },
    });
    const broken = join(root, '西瓜', 'a.png');
    await writeFile(broken, 'no picture');
    const { indexFile: _, ...whole } = { ...task, set: await openClassSet(root) };
    await expect(evaluateZeroShot([whole], [mini], { folder: own })).rejects.toMatchObject({
      code: 'TUWEN_EVALUATION_PICTURES_UNREADABLE',
      value: { count: 1, sources: [broken] },
    });
    const report = await evaluateZeroShot([whole], [mini], { folder: own, skipUnreadable: true });
    expect(report.runs[0]!.unreadable).toMatchObject([{ source: broken }]);
  });
});
