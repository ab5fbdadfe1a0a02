import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clipLoss, pairFeeds } from '../../test/support/clip-loss.ts';
import { fixture, floats, readTensors, rows, weightArrays } from '../../test/support/fixtures.ts';
import { largest, largestDifference } from '../../test/support/numbers.ts';
import { hfGradients, storedGradient } from '../../test/support/reference-gradients.ts';
import { numbersOf, tensor } from '../../test/support/run-graph.ts';
import { readModel } from '../clip/index.ts';
import { mul, reduceSum, symbol } from '../graph/index.ts';
import { adamwStep, initialState } from './adamw.ts';
import { type Objective, openObjective } from './objective.ts';

/** The gradient of a key's bias is zero in exact arithmetic: softmax does not see what it adds to every score. */
const KEY_BIAS = /key\.bias$|k_proj\.bias$/;

async function openClip(folder: string) {
  const { config, weights: stored } = await readModel(fixture(folder));
  const weights = weightArrays(stored);
  const build = (graph: Parameters<typeof clipLoss>[0]) => clipLoss(graph, config);
  return { config, weights, objective: await openObjective({ weights, threads: 2, build }) };
}

describe('tiny-hf', () => {
  let model: Awaited<ReturnType<typeof openClip>>;
  let expected: Awaited<ReturnType<typeof readTensors>>;
  let reference: (name: string) => Float32Array;
  let loss: number;
  let logits: number[];
  beforeAll(async () => {
    model = await openClip('tiny-hf');
    expected = await readTensors('tiny-hf/expected.safetensors');
    reference = hfGradients(expected, model.config);
    const feeds = pairFeeds(expected('pixel_values'), rows(expected('input_ids'), 0, 4));
    const result = await model.objective.evaluate(feeds);
    loss = result.loss;
    logits = numbersOf(result.outputs.logits!);
  });
  afterAll(() => model.objective.close());

  test('loss and logits', () => {
    expect(Math.abs(loss - floats(expected('loss'))[0]!)).toBeLessThan(1e-5);
    expect(largestDifference(logits, floats(expected('loss.logits_per_image')))).toBeLessThan(1e-4);
  });

  test('every parameter is trained', () => {
    expect(new Set(model.objective.trained)).toEqual(new Set(model.weights.keys()));
  });

  test('the gradient of every parameter', () => {
    const { width } = model.config.image;
    for (const [name, gradient] of model.objective.gradients) {
      const wanted = reference(name);
      if (KEY_BIAS.test(name)) {
        expect(largest(gradient), name).toBeLessThan(1e-6);
      } else if (name.endsWith('in_proj_bias')) {
        const parts = [0, 1, 2].map((i) => gradient.subarray(i * width, (i + 1) * width));
        expect(largest(parts[1]!), name).toBeLessThan(1e-6);
        for (const i of [0, 2]) {
          const part = wanted.subarray(i * width, (i + 1) * width);
          expect(largestDifference(parts[i]!, part), name).toBeLessThan(1e-4 * largest(part) + 1e-6);
        }
      } else {
        expect(largestDifference(gradient, wanted), name).toBeLessThan(1e-4 * largest(wanted) + 1e-6);
      }
    }
  });

  test('token ids repeat, and padding has no gradient', () => {
    const ids = rows(expected('input_ids'), 0, 4).data as BigInt64Array;
    const width = model.config.text.hidden;
    const table = model.objective.gradients.get('bert.embeddings.word_embeddings.weight')!;
    const rowOf = (id: bigint) => table.subarray(Number(id) * width, (Number(id) + 1) * width);
    expect(ids.filter((id) => id === ids[0]).length).toBeGreaterThanOrEqual(4);
    expect(largest(rowOf(ids[0]!))).toBeGreaterThan(0);
    expect(ids).toContain(0n);
    expect(largest(rowOf(0n))).toBe(0);
  });
});

describe('tiny-rn: one step on the statistics of the batch', () => {
  let model: Awaited<ReturnType<typeof openClip>>;
  let expected: Awaited<ReturnType<typeof readTensors>>;
  let loss: number;
  beforeAll(async () => {
    model = await openClip('tiny-rn');
    expected = await readTensors('tiny-rn/expected.safetensors');
    const feeds = pairFeeds(expected('pixel_values'), rows(expected('input_ids'), 0, 4));
    loss = (await model.objective.evaluate(feeds)).loss;
  });
  afterAll(() => model.objective.close());

  const isStatistic = (name: string) => /running_(mean|var)$/.test(name);

  test('loss', () => {
    expect(Math.abs(loss - floats(expected('train.loss'))[0]!)).toBeLessThan(1e-5);
  });

  test('all but the statistics is trained', () => {
    expect(model.objective.trained.toSorted()).toEqual(
      [...model.weights.keys()].filter((name) => !isStatistic(name)).toSorted(),
    );
  });

  test('the gradient of every parameter', () => {
    for (const [name, gradient] of model.objective.gradients) {
      const table = [gradient.length / model.config.text.hidden, model.config.text.hidden];
      const wanted = storedGradient(expected, name, table);
      if (KEY_BIAS.test(name)) expect(largest(gradient), name).toBeLessThan(1e-6);
      else expect(largestDifference(gradient, wanted), name).toBeLessThan(1e-3 * largest(wanted));
    }
  });

  test('the running statistics, and the weights after a step of the optimiser', () => {
    const { weights, objective } = model;
    for (const [name, values] of weights) {
      if (isStatistic(name))
        expect(largestDifference(values, floats(expected(`after.${name}`))), name).toBeLessThan(1e-5);
    }
    const options = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.001 };
    const rate = floats(expected('train.lr'))[0]!;
    adamwStep(weights, objective.gradients, initialState(objective.trained, weights), rate, options);
    for (const name of objective.trained) {
      if (KEY_BIAS.test(name)) continue;
      if (name.endsWith('word_embeddings.weight')) {
        const ids = numbersOf(expected(`grad.${name}.row_ids`));
        const stored = floats(expected(`after.${name}.rows`));
        const width = stored.length / ids.length;
        const row = (id: number) => weights.get(name)!.subarray(id * width, (id + 1) * width);
        const used = Float32Array.from(ids.flatMap((id) => [...row(id)]));
        expect(largestDifference(used, stored), name).toBeLessThan(2e-5);
      } else {
        const difference = largestDifference(weights.get(name)!, floats(expected(`after.${name}`)));
        expect(difference, name).toBeLessThan(2e-5);
      }
    }
  });
});

describe('a small objective', () => {
  let objective: Objective;
  const weights = new Map([
    ['a', Float32Array.of(1, 2)],
    ['b', Float32Array.of(3, 4)],
  ]);
  beforeAll(async () => {
    objective = await openObjective({
      weights,
      threads: 1,
      trains: (name) => name === 'a',
      build: (graph) => {
        const x = graph.input('x', 'float32', [symbol('batch'), 2]);
        const each = mul(mul(x, graph.parameter('a', [2])), graph.parameter('b', [2]));
        return { loss: reduceSum(each, [0, 1]), outputs: { each } };
      },
    });
  });
  afterAll(() => objective.close());

  test('trains only what it is told to, and reads the weights at every run', async () => {
    expect(objective.trained).toEqual(['a']);
    const first = await objective.evaluate({ x: tensor([1, 2], [10, 100]) });
    expect([first.loss, numbersOf(first.outputs.each!)]).toEqual([830, [30, 800]]);
    expect([...objective.gradients]).toEqual([['a', Float32Array.of(30, 400)]]);
    weights.get('b')!.set([5, 6]);
    const second = await objective.evaluate({ x: tensor([2, 2], [1, 1, 1, 1]) });
    expect([second.loss, second.outputs.each!.dims]).toEqual([34, [2, 2]]);
    expect([...objective.gradients]).toEqual([['a', Float32Array.of(10, 12)]]);
  });
});
