import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { publishedConfig } from '../../clip/index.ts';
import { optimizerOf, planOf } from './plan.ts';
import { readSettings, resolveSettings } from './settings.ts';
import { SETTING_NAMES } from './table.ts';
import { commentedSettings } from './write.ts';

const resolve = (given: object) => resolveSettings({ 'train-data': 'd', ...given }, 'run.yaml').stages;
const one = (given: object = {}) => resolve(given)[0]!;

describe('settings', () => {
  test('default to those of the reference’s trainer', () => {
    expect(one()).toMatchObject({
      'batch-size': 64,
      'valid-batch-size': 64,
      'accum-freq': 1,
      'max-epochs': 32,
      'context-length': 52,
      'valid-epoch-interval': 1,
      'save-epoch-frequency': 1,
      'log-interval': 10,
      wd: 0.2,
      warmup: 500,
      'mask-ratio': 0,
      'kd-loss-weight': 0.5,
      'use-augment': false,
      'freeze-vision': false,
      'grad-checkpointing': false,
      seed: 123,
    });
  });

  test.each([
    ['batch-sise', 'batch-size'],
    ['batchsize', 'batch-size'],
    ['learning-rate-of-everything', undefined],
  ])('an unknown key %s is refused, with the nearest known one', (key, nearest) => {
    expect(() => one({ [key]: 1 })).toThrow(
      expect.objectContaining({ code: 'TUWEN_SETTING_UNKNOWN', value: { source: 'run.yaml', key, nearest } }),
    );
  });

  test.each([
    ['batch-size', 0],
    ['batch-size', '64'],
    ['mask-ratio', 1],
    ['lr', -1],
    ['name', '../x'],
    ['use-augment', 'yes'],
    ['lr-hold', 1],
    ['all-texts', true],
    ['stages', []],
  ])('%s: %j is refused', (key, got) => {
    expect(() => one({ [key]: got })).toThrow(
      expect.objectContaining({
        code: 'TUWEN_SETTING_INVALID',
        value: expect.objectContaining({ source: 'run.yaml', key, got }),
      }),
    );
  });

  test('of stages are those of the run with their own on top', () => {
    const stages = resolve({ wd: 0.001, stages: [{ 'freeze-vision': true, lr: 1e-4 }, { lr: 2e-5 }] });
    expect(stages.map((stage) => [stage['freeze-vision'], stage.lr, stage.wd])).toEqual([
      [true, 1e-4, 0.001],
      [false, 2e-5, 0.001],
    ]);
    expect(() => resolve({ stages: [{ rl: 1 }] })).toThrow(
      expect.objectContaining({ value: { source: 'run.yaml, stages[0]', key: 'rl', nearest: 'lr' } }),
    );
  });

  test.each(['en', 'zh'] as const)('are written as a file (%s) that says the same as no file', (language) => {
    const text = commentedSettings(language);
    const stored = parse(text) as object;
    expect(resolve({ ...stored, 'train-data': 'd' })).toEqual(resolve({}));
    for (const name of SETTING_NAMES) expect(text).toMatch(new RegExp(`^(# )?${name}:`, 'm'));
  });
});

describe('a file of settings', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tuwen-settings-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const written = async (text: string) => {
    await writeFile(join(folder, 'run.yaml'), text);
    return join(folder, 'run.yaml');
  };

  test('is YAML or JSON', async () => {
    const expected = { 'train-data': 'x', lr: 0.00005, 'use-augment': true };
    expect(
      await readSettings(await written('# a run\ntrain-data: x\nlr: 5e-5\nuse-augment: true\n')),
    ).toEqual(expected);
    expect(await readSettings(await written(JSON.stringify(expected)))).toEqual(expected);
    expect(await readSettings(await written('# nothing\n'))).toEqual({});
  });

  test('that is broken is named with the place', async () => {
    const path = await written('lr: 1\n  wd: [2\n');
    await expect(readSettings(path)).rejects.toMatchObject({
      code: 'TUWEN_FILE_UNREADABLE',
      value: { path },
    });
    await expect(readSettings(await written('- 1\n'))).rejects.toMatchObject({
      code: 'TUWEN_SETTING_INVALID',
    });
    await expect(readSettings(join(folder, 'none'))).rejects.toMatchObject({ code: 'TUWEN_FILE_MISSING' });
  });
});

describe('a plan', () => {
  test('counts steps as the reference does', () => {
    // 1,000 pairs in micro-batches of 64 are 16 of them, the last one padded; four make a step.
    const plan = planOf(one({ 'accum-freq': 4, 'max-epochs': 3, warmup: 2 }), 1000, 1e-3);
    expect(plan).toMatchObject({ batch: 256, stepsPerEpoch: 4, epochs: 3, steps: 12 });
    expect(plan.learningRate(0)).toBe(5e-4);
    expect(planOf(one({ 'max-steps': 10, 'accum-freq': 4 }), 1000, 1).epochs).toBe(3);
    expect(planOf(one({ 'accum-freq': 8 }), 100, 1).stepsPerEpoch).toBe(1);
  });

  test.each([
    ['RN50', 5e-4, 0.999, 1e-8],
    ['ViT-B-16', 5e-4, 0.98, 1e-6],
    ['ViT-L-14', 4e-4, 0.98, 1e-6],
    ['ViT-L-14-336', 4e-4, 0.98, 1e-6],
    ['ViT-H-14', 5e-4, 0.98, 1e-6],
  ] as const)('of %s has the reference’s optimiser', (name, rate, beta2, epsilon) => {
    expect(optimizerOf(one(), publishedConfig(name))).toEqual({
      rate,
      beta1: 0.9,
      beta2,
      epsilon,
      weightDecay: 0.2,
    });
    expect(optimizerOf(one({ lr: 1, beta2: 0.5, wd: 0 }), publishedConfig(name))).toMatchObject({
      rate: 1,
      beta2: 0.5,
      weightDecay: 0,
    });
  });
});
