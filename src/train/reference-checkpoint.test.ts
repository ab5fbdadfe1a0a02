/** Going on where the reference's trainer stopped, and letting it go on from here. */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../test/support/checkpoints.ts';
import {
  engineTensor,
  fixture,
  floats,
  readJsonFixture,
  rows,
  weightArrays,
} from '../../test/support/fixtures.ts';
import { largestDifference } from '../../test/support/numbers.ts';
import { run, tensorsOf } from '../../test/support/training-run.ts';
import { inspectModel, parseCnClipConfig } from '../clip/index.ts';
import type { EngineTensor } from '../engine/index.ts';
import { readSafetensors, readTorch, readTorchOptimizer } from '../weights/index.ts';
import { initialState } from './adamw.ts';
import { openClipObjective } from './clip-objective.ts';
import { weightShapes } from './initialise.ts';
import { train } from './loop.ts';
import { loadReferenceMoments, optimizerGroups, writeReferenceCheckpoint } from './reference-checkpoint.ts';

let checkpoints: string;
let logs: string;
beforeAll(async () => {
  checkpoints = unpackCheckpoints();
  logs = await mkdtemp(join(tmpdir(), 'tuwen-reference-'));
});
afterAll(() => Promise.all([checkpoints, logs].map((folder) => rm(folder, { recursive: true }))));

const latest = () => join(checkpoints, 'tiny-cn/epoch_latest.pt');

interface Meta {
  readonly epoch_latest: { readonly param_groups: readonly { readonly params: readonly string[] }[] };
  readonly resumed: { readonly loss_before_step: number; readonly lr: number };
}

describe('the trainer’s own checkpoint', () => {
  test('numbers parameters as its trainer named them', async () => {
    const meta = await readMeta();
    const names = [...(await readTorch(latest())).keys()].map((name) => name.replace('module.', ''));
    const groups = meta.epoch_latest.param_groups.map(({ params }) =>
      params.map((name) => name.replace('module.', '')),
    );
    expect(optimizerGroups(names)).toEqual(groups);
    const { groups: stored, state } = (await readTorchOptimizer(latest()))!;
    expect(stored.map(({ lr, betas, eps, weightDecay }) => ({ lr, betas, eps, weightDecay }))).toEqual([
      { lr: 1e-3, betas: [0.9, 0.98], eps: 1e-6, weightDecay: 0 },
      { lr: 1e-3, betas: [0.9, 0.98], eps: 1e-6, weightDecay: 1e-3 },
    ]);
    expect(new Set(Array.from(state.values(), ({ step }) => step))).toEqual(new Set([1]));
  });

  test('is gone on from to where its trainer came', async () => {
    const { resumed } = await readMeta();
    const config = parseCnClipConfig(
      {
        ...readJsonFixture<object>('training/ViT-micro.json'),
        ...readJsonFixture<object>('training/BERT-micro-chinese.json'),
      },
      'ViT-micro.json',
    );
    const state = await readTorch(latest());
    const weights = weightArrays(new Map([...state].map(([name, tensor]) => [name.slice(7), tensor])));
    const objective = openClipObjective({ config, weights, session: { threads: 1 } });
    const optimizer = initialState(objective.trained, weights);
    await loadReferenceMoments(latest(), { shapes: weightShapes(config), optimizer });
    expect(optimizer.step).toBe(1);
    const expected = await readExpected();
    const losses: number[] = [];
    await train({
      objective,
      weights,
      state: optimizer,
      steps: 2,
      optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 1e-3 },
      learningRate: () => resumed.lr,
      batch: (step) => ({
        step,
        pixels: rows(expected('latest.pixel_values'), 0, 4),
        ids: rows(expected('input_ids'), 0, 4),
      }),
      onStep: ({ loss }) => void losses.push(loss),
    });
    expect(Math.abs(losses[0]! - resumed.loss_before_step)).toBeLessThan(1e-4);
    for (const [name, values] of weights) {
      if (name.endsWith('key.bias') || name.endsWith('word_embeddings.weight')) continue;
      const wanted = floats(expected(`resumed.${name}`));
      // The true gradient of a key's bias is zero: Adam makes steps of its rounding.
      const third = name.endsWith('in_proj_bias') ? values.length / 3 : values.length;
      for (const [from, to] of third < values.length
        ? [
            [0, third],
            [2 * third, 3 * third],
          ]
        : [[0, third]])
        expect(largestDifference(values.slice(from, to), wanted.slice(from, to)), name).toBeLessThan(2e-5);
    }
    await objective.close();
  });
});

describe('our checkpoint as the reference’s', () => {
  const settings = { 'val-data': undefined, 'max-steps': 8 };

  test.each([
    ['tiny-hf', {}],
    ['tiny-rn', {}],
    ['tiny-hf', { 'freeze-vision': true }],
  ])('%s %j: a run goes on from it as from the original', async (model, own) => {
    const name = `${model}-${Object.keys(own).join()}`;
    const first = await run({ ...settings, logs, ...own, name, model: fixture(model), 'max-steps': 6 });
    const file = join(logs, name, 'epoch_latest.pt');
    await writeReferenceCheckpoint(first.checkpoint, file);
    await copyFile(fixture('tiny-hf/vocab.txt'), join(logs, name, 'vocab.txt'));
    expect(await inspectModel(file)).toMatchObject({ layout: 'cn_clip', optimizer: true, step: 6, epoch: 1 });
    const go = (resume: string, to: string) =>
      run({ ...settings, logs, ...own, name: `${name}-${to}`, model: undefined, resume });
    const [ours, theirs] = [await go(first.checkpoint, 'ours'), await go(file, 'theirs')];
    expect(theirs.steps.map(({ step, loss }) => [step, loss])).toEqual(
      ours.steps.map(({ step, loss }) => [step, loss]),
    );
    expect(theirs.steps.map(({ step }) => step)).toEqual([6, 7]);
    expect(await tensorsOf(theirs.checkpoint)).toEqual(await tensorsOf(ours.checkpoint));
  });

  test('is made of training checkpoints alone', async () => {
    const made = writeReferenceCheckpoint(fixture('tiny-hf'), join(logs, 'none.pt'));
    await expect(made).rejects.toMatchObject({ code: 'TUWEN_NOT_A_CHECKPOINT' });
  });

  test('of a file without an optimizer only the weights are taken', async () => {
    const file = join(checkpoints, 'tiny-cn/clip_cn_tiny.pt');
    await copyFile(join(checkpoints, 'modelscope/v1.0.1/vocab.txt'), join(checkpoints, 'tiny-cn/vocab.txt'));
    const own = {
      ...settings,
      logs,
      model: undefined,
      resume: file,
      'reset-data-offset': true,
      'max-steps': 1,
    };
    await expect(run({ ...own, name: 'bare' })).rejects.toMatchObject({ code: 'TUWEN_NOT_A_CHECKPOINT' });
    const { steps } = await run({ ...own, name: 'bare-weights', 'reset-optimizer': true });
    expect(steps.map(({ step }) => step)).toEqual([0]);
  });
});

async function readMeta(): Promise<Meta> {
  return JSON.parse(await readFile(join(checkpoints, 'tiny-cn/meta.json'), 'utf8'));
}

async function readExpected(): Promise<(name: string) => EngineTensor> {
  const tensors = await readSafetensors(join(checkpoints, 'tiny-cn/expected.safetensors'));
  return (name) => engineTensor(tensors.get(name)!);
}
