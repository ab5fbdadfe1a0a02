import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromFloat32, readSafetensors, toFloat32, writeSafetensors } from '../../weights/index.ts';
import { embeddings } from '../embeddings.ts';
import { publishedConfig } from '../published.ts';
import { checkModel } from './check.ts';
import { checkExample, hasExample } from './example.ts';
import { checkFiles, hashesInCache } from './files.ts';
import { checkTensors } from './tensors.ts';
import { checkTokenizer } from './tokenizer.ts';
import type { CheckReport } from './types.ts';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny-hf', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const statuses = ({ checks }: CheckReport) =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));

test('the shipped model is what it should be, by the vectors of cn_clip', { timeout: 120_000 }, async () => {
  const seen: string[] = [];
  const report = await checkModel('mini', { threads: 1, onResult: ({ name }) => seen.push(name) });
  expect(report).toMatchObject({ model: 'mini', layout: 'tuwen', architecture: null, passed: true });
  expect(statuses(report)).toEqual({
    files: 'passed',
    tensors: 'passed',
    tokenizer: 'passed',
    vectors: 'passed',
    lowerings: 'passed',
    int8: 'passed',
    'example-fp32': 'skipped',
    'example-fp16': 'skipped',
  });
  expect(seen).toEqual(report.checks.map(({ name }) => name));
  const vectors = report.checks.find(({ name }) => name === 'vectors')!;
  expect(vectors.count).toBe(16);
  // Measured: 1.5e-7.
  expect(vectors.deviation!.largestDifference).toBeLessThan(2e-6);
});

test('a weight that is not a number fails, as do the vectors it spoils', { timeout: 120_000 }, async () => {
  const model = join(folder, 'spoilt');
  await cp(TINY, model, { recursive: true });
  const path = join(model, 'model.safetensors');
  const tensors = new Map(await readSafetensors(path));
  const name = [...tensors.keys()].find((each) => each.endsWith('visual_projection.weight'))!;
  const values = toFloat32(tensors.get(name)!).slice();
  values[0] = Number.NaN;
  await writeSafetensors(path, new Map([...tensors, [name, fromFloat32(values, tensors.get(name)!.shape)]]));
  const report = await checkModel(model, { threads: 1 });
  expect(report.passed).toBe(false);
  expect(report.checks.find((check) => check.name === 'tensors')!.wrong).toEqual(['visual.proj']);
  expect(statuses(report)).toEqual({
    files: 'skipped',
    tensors: 'failed',
    tokenizer: 'passed',
    vectors: 'skipped',
    lowerings: 'failed',
    int8: 'failed',
    'example-fp32': 'skipped',
    'example-fp16': 'skipped',
  });
});

test('tensors with an infinite number are named', () => {
  const fine = fromFloat32(Float32Array.of(1, -2), [2]);
  const infinite = fromFloat32(Float32Array.of(1, Number.POSITIVE_INFINITY), [2]);
  expect(checkTensors(new Map([['a', fine]]))).toMatchObject({ status: 'passed', count: 1 });
  expect(
    checkTensors(
      new Map([
        ['a', fine],
        ['b', infinite],
      ]),
    ),
  ).toMatchObject({ status: 'failed', count: 2, wrong: ['b'] });
});

describe('the tokenizer', () => {
  const config = publishedConfig('ViT-B-16');

  test('fails where two words of the vocabulary changed places', async () => {
    const words = (await readFile(join(TINY, 'vocab.txt'), 'utf8')).split('\n');
    expect(checkTokenizer(config, words.join('\n')).status).toBe('passed');
    const [red, colour] = [words.indexOf('红'), words.indexOf('色')];
    [words[red], words[colour]] = [words[colour]!, words[red]!];
    const { status, wrong } = checkTokenizer(config, words.join('\n'));
    expect(status).toBe('failed');
    expect(wrong).toContain('红色꽌픨A꿱');
    expect(wrong).not.toContain('12:30');
  });

  test('is left alone where the vocabulary is the model’s own', () => {
    const own = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '猫'].join('\n');
    expect(checkTokenizer(config, own)).toMatchObject({ status: 'skipped', reason: 'vocabulary-own' });
  });
});

describe('files in the cache of Hugging Face', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const gitSha1 = (text: string) =>
    createHash('sha1')
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest('hex');

  /** A snapshot whose contents lie under their hashes, one large and one small, as the hub counts them. */
  async function cached(name: string, weights: string): Promise<string> {
    const root = join(folder, name);
    const snapshot = join(root, 'snapshots', 'commit');
    await mkdir(snapshot, { recursive: true });
    await mkdir(join(root, 'blobs'));
    const contents = [
      ['config.json', gitSha1('{}'), '{}'],
      ['model.safetensors', sha256('weights'), weights],
    ] as const;
    for (const [file, hash, content] of contents) {
      await writeFile(join(root, 'blobs', hash), content);
      await symlink(join('../../blobs', hash), join(snapshot, file));
    }
    return snapshot;
  }

  test('pass where their contents have the hashes they lie under', async () => {
    const hashes = await hashesInCache(await cached('whole', 'weights'));
    expect(await checkFiles(hashes)).toMatchObject({ status: 'passed', count: 2, wrong: [] });
  });

  test('fail where a byte changed and the size did not', async () => {
    const hashes = await hashesInCache(await cached('rotten', 'weightz'));
    expect(await checkFiles(hashes)).toMatchObject({ status: 'failed', wrong: ['model.safetensors'] });
  });

  test('are not judged elsewhere', async () => {
    expect(await checkFiles(await hashesInCache(TINY))).toMatchObject({ reason: 'hashes-unknown' });
  });

  test('may be given up', async () => {
    const hashes = await hashesInCache(await cached('given-up', 'weights'));
    await expect(checkFiles(hashes, AbortSignal.abort())).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  });
});

describe('the published example', () => {
  /** Unit vectors whose softmax at a scale of 100 gives these probabilities. */
  function vectorsFor(probabilities: readonly number[]) {
    const text = new Float32Array(probabilities.length * 2);
    probabilities.forEach((probability, i) => {
      const cosine = Math.log(probability) / 100 + 0.5;
      text.set([cosine, Math.sqrt(1 - cosine * cosine)], i * 2);
    });
    return { image: embeddings(Float32Array.of(1, 0), 2), text: embeddings(text, 2) };
  }
  const printed = [1.268734e-3, 5.436878e-2, 6.795761e-4, 9.436829e-1];
  /** What a GPU gave in half precision. */
  const onGpu = [1.182e-3, 5.023e-2, 5.76e-4, 9.482e-1];

  test('passes with the numbers of the README, and fails with those of half precision', () => {
    expect(checkExample('example-fp16', vectorsFor(printed), 100).status).toBe('passed');
    expect(checkExample('example-fp16', vectorsFor(onGpu), 100).status).toBe('failed');
    expect(checkExample('example-fp32', vectorsFor(printed.toReversed()), 100).status).toBe('failed');
  });

  test('is for ViT-B-16 alone', () => {
    expect(hasExample(publishedConfig('ViT-B-16'))).toBe(true);
    for (const name of ['RN50', 'ViT-B-32', 'ViT-L-14', 'ViT-H-14'] as const)
      expect(hasExample(publishedConfig(name)), name).toBe(false);
  });
});
