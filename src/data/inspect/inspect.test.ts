import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { createRandom } from '../../base/index.ts';
import { confusablePairs, expectedFalseNegatives } from './false-negatives.ts';
import { inspectDataSet } from './inspect.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-inspect-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the fixtures', () => {
  test.each(['lmdb/tsv', 'lmdb/lmdb'])('%s: counts, sizes, texts that are cut', async (path) => {
    const { splits } = await inspectDataSet(fixture(path), { contextLength: 24 });
    const [train, valid] = splits;
    const hasTexts = path === 'lmdb/tsv';
    expect(train!.findings).toEqual([]);
    expect([train!.pictures.count, train!.texts.count, train!.pairs.count]).toEqual([
      10,
      hasTexts ? 24 : 23,
      39,
    ]);
    expect(train!.texts.withoutPictures).toBe(hasTexts ? 1 : 0);
    expect([valid!.pictures.checked, valid!.pictures.broken, valid!.texts.distinct]).toEqual([2, 0, 6]);
    expect(train!.pictures.sizes.reduce((sum, { count }) => sum + count, 0)).toBe(10);
    // By cn_clip's tokenizer at its own length: 86 characters and two marks, beyond any here.
    expect(train!.texts.cutExamples.map(({ id }) => id)).toContain(70014);
    expect(train!.files.length).toBe(1);
    expect(train!.files[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('everything that is wrong is named with file and line', async () => {
  const place = await mkdtemp(join(folder, 'wrong'));
  const good = await readFile(fixture('pixels/sources/png-palette8.png'), 'base64');
  const pictures = [
    `\ufeff1\t${good}\n`,
    `2\t${good}\r\n`,
    '\n',
    `2\t${good}\n`,
    '3 no tab\n',
    '4\taGVsbG8=\n',
    '5\tAAA\n',
    `6\t${good.slice(0, 400)}\n`,
  ];
  const texts = [
    '{"text_id": 1, "text": "一只猫", "image_ids": [1, 2, 9]}\n',
    '{"text_id": 1, "text": "“猫”ABC", "image_ids": [2]}\r\n',
    '{"text_id": 2, "text": "\\"猫\\"abc", "image_ids": []}\n',
    '{"text_id": 3}\n',
    'nothing\n',
  ];
  await writeFile(join(place, 'train_imgs.tsv'), pictures.join(''));
  await writeFile(join(place, 'train_texts.jsonl'), texts.join(''));
  const { splits } = await inspectDataSet(place);
  const [split] = splits;
  const found = split!.findings.flatMap(({ kind, count, examples }) => {
    expect(count).toBe(examples.length);
    return examples.map(({ message, value }) => {
      const { line, path, source } = value as { line?: number; path?: string; source?: string };
      const where = path === undefined ? source! : `${path}:${line}`;
      expect(message).toContain(where);
      return `${kind} ${where.slice(place.length + 1)}`;
    });
  });
  expect(found.sort()).toEqual(
    [
      'TUWEN_IMAGE_UNREADABLE train_imgs.tsv:6 (4)',
      'TUWEN_IMAGE_UNREADABLE train_imgs.tsv:8 (6)',
      'bad-base64 train_imgs.tsv:7',
      'blank-line train_imgs.tsv:3',
      'byte-order-mark train_imgs.tsv:1',
      'carriage-return train_imgs.tsv:2',
      'carriage-return train_texts.jsonl:2',
      'duplicate-picture train_imgs.tsv:4',
      'duplicate-text train_texts.jsonl:2',
      'missing-picture train_texts.jsonl:1',
      'no-field train_texts.jsonl:4',
      'not-id-and-picture train_imgs.tsv:5',
      'not-json train_texts.jsonl:5',
    ].sort(),
  );
  expect(split!.texts.repeated).toEqual([{ text: '"猫"abc', count: 2 }]);
  expect(split!.pictures.withoutTexts).toBe(3);
  expect(split!.findings.filter(({ serious }) => !serious).map(({ kind }) => kind)).toEqual([
    'carriage-return',
  ]);
});

test('a sample decodes as many pictures as it is asked for', async () => {
  const { splits } = await inspectDataSet(fixture('lmdb/tsv'), { sample: 4, preview: 0, splits: ['train'] });
  expect([splits[0]!.pictures.count, splits[0]!.pictures.checked]).toEqual([10, 4]);
});

describe('false negatives', () => {
  /** Pairs drawn at random, and the count by its definition. */
  test.each([1, 2, 3, 4])('are counted as defined, set %i', (seed) => {
    const random = createRandom(seed);
    const pairs = Array.from({ length: 60 }, () => [random.below(12), random.below(15)] as const);
    const fits = new Set(pairs.map(String));
    let counted = 0;
    for (const [i, [picture]] of pairs.entries()) {
      for (const [j, [, wording]] of pairs.entries()) {
        if (i !== j && fits.has(String([picture, wording]))) counted += 1;
      }
    }
    const numbered = { pictures: pairs.map(([a]) => a), wordings: pairs.map(([, b]) => b) };
    expect(confusablePairs(numbered)).toBe(counted);
    expect(expectedFalseNegatives(counted, 60, 60)).toBeCloseTo(counted, 10);
    expect(expectedFalseNegatives(counted, 60, 2)).toBeCloseTo((2 * counted) / (60 * 59), 10);
  });

  test('none where every picture has its own wording', () => {
    expect(confusablePairs({ pictures: [0, 1, 2], wordings: [0, 1, 2] })).toBe(0);
    expect(expectedFalseNegatives(0, 1, 10)).toBe(0);
  });
});
