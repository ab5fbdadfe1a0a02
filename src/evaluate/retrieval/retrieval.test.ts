/** File for file with the official scripts: `test/fixtures/evaluation/retrieval`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture, readJsonFixture } from '../../../test/support/fixtures.ts';
import { readFeatures } from '../features/index.ts';
import { writeAnswers } from './answer-file.ts';
import { type Answer, directionOf, readAnswers, turned } from './answers.ts';
import { scorePredictions } from './official.ts';
import { predict } from './predict.ts';

const path = (name: string) => fixture(`evaluation/retrieval/${name}`);
const text = (name: string) => readFile(path(name), 'utf8');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true }));

const images = () => readFeatures(path('test_imgs.img_feat.jsonl'), 'image');
const texts = () => readFeatures(path('test_texts.txt_feat.jsonl'), 'text');

describe('predictions', () => {
  test.each([
    ['test_predictions.jsonl', 't2i', 10],
    ['test_predictions.top100.jsonl', 't2i', 100],
    ['test_tr_predictions.jsonl', 'i2t', 10],
  ] as const)('%s, byte for byte', async (name, direction, k) => {
    const [pictures, sentences] = [await images(), await texts()];
    const predictions =
      direction === 't2i' ? await predict(sentences, pictures, k) : await predict(pictures, sentences, k);
    const written = join(folder, name);
    await writeAnswers(written, direction, predictions);
    expect(await readFile(written, 'utf8')).toBe(await text(name));
  });
});

test('annotations turned round, byte for byte', async () => {
  const answers = await readAnswers(path('test_texts.jsonl'), 't2i');
  const written = join(folder, 'test_texts.tr.jsonl');
  await writeAnswers(written, 'i2t', turned(answers));
  expect(await readFile(written, 'utf8')).toBe(await text('test_texts.tr.jsonl'));
  expect(await directionOf(written)).toBe('i2t');
  expect(await directionOf(path('test_texts.jsonl'))).toBe('t2i');
});

describe('scores', () => {
  test.each([
    ['output.json', 'test_texts.jsonl', 'test_predictions.jsonl', 't2i'],
    ['output_tr.json', 'test_texts.tr.jsonl', 'test_tr_predictions.jsonl', 'i2t'],
  ] as const)('%s, byte for byte', async (output, annotations, predictions, direction) => {
    const answers = await readAnswers(path(annotations), direction);
    const result = await scorePredictions(answers, path(predictions), direction);
    expect(result.output).toBe(await text(output));
    expect(result.refusal).toBeUndefined();
  });
});

describe('predictions with faults get the official answer', async () => {
  interface Case {
    readonly name: string;
    readonly prediction: string;
    readonly output: string;
  }
  const { answers: annotations, cases } = readJsonFixture<{
    answers: readonly { text_id: number; image_ids: number[] }[];
    cases: readonly Case[];
  }>('evaluation/retrieval/malformed.json');
  const answers: Answer[] = annotations.map((each) => ({ query: each.text_id, answers: each.image_ids }));

  test.each(cases.map((each) => [each.name, each] as const))('%s', async (name, { prediction, output }) => {
    const file = join(folder, `${cases.findIndex((each) => each.name === name)}.jsonl`);
    if (name !== 'no file') await writeFile(file, prediction);
    const result = await scorePredictions(answers, file, 't2i');
    expect(result.output).toBe(output);
  });

  test('and name the line that is wrong, or passed over', async () => {
    const file = join(folder, 'faults.jsonl');
    const line = (id: number) => `{"text_id": ${id}, "image_ids": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\n`;
    await writeFile(file, `${line(1)}${line(2)}${line(2)}${line(3)}`);
    expect((await scorePredictions(answers, file, 't2i')).notices).toEqual([
      { line: 3, kind: 'duplicate', id: 2 },
      { line: 4, kind: 'surplus', id: 3 },
    ]);
    await writeFile(file, `${line(1)}\n${line(2)}`);
    expect((await scorePredictions(answers, file, 't2i')).refusal).toMatchObject({ line: 2 });
  });
});
