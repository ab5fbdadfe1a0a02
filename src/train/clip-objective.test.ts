import { afterEach, describe, expect, test } from 'vitest';
import { microConfig } from '../../test/support/micro-training.ts';
import { largestDifference, numbers } from '../../test/support/numbers.ts';
import { createRandom } from '../base/index.ts';
import type { ChineseClipConfig } from '../clip/index.ts';
import {
  type ClipObjective,
  type ClipObjectiveOptions,
  openClipObjective,
  type PairBatch,
} from './clip-objective.ts';
import { dropoutMasks } from './dropout-masks.ts';
import { initialWeights } from './initialise.ts';

const DROPPING: ChineseClipConfig = {
  ...microConfig,
  text: { ...microConfig.text, dropout: 0.1, attentionDropout: 0.2 },
};
const RESNET: ChineseClipConfig = {
  ...microConfig,
  image: { kind: 'resnet', resolution: 32, width: 8, layers: [1, 1, 1, 1], heads: 4 },
  pixels: { ...microConfig.pixels, size: 32 },
};

function pairs(config: ChineseClipConfig, rows: number, step = 0): PairBatch {
  const { size } = config.pixels;
  const random = createRandom(5);
  const ids = new BigInt64Array(rows * 12);
  for (let row = 0; row < rows; row++) {
    const length = 4 + random.below(8);
    for (let i = 0; i < length; i++) ids[row * 12 + i] = BigInt(1 + random.below(20));
  }
  return {
    step,
    pixels: { dims: [rows, 3, size, size], data: Float32Array.from(numbers(rows * 3 * size * size, 1)) },
    ids: { dims: [rows, 12], data: ids },
  };
}

describe('the gradients', () => {
  const opened: ClipObjective[] = [];
  afterEach(async () => {
    for (const objective of opened.splice(0)) await objective.close();
  });

  /** Loss, gradients and weights after one step of a fresh objective. */
  async function step(config: ChineseClipConfig, options: Partial<ClipObjectiveOptions> = {}, rows = 7) {
    const weights = initialWeights(config, createRandom(2));
    const objective = openClipObjective({ config, weights, session: { threads: 2 }, ...options });
    opened.push(objective);
    const { loss } = await objective.evaluate(pairs(config, rows));
    return { loss, gradients: objective.gradients, trained: objective.trained, weights };
  }

  type Step = Awaited<ReturnType<typeof step>>;

  function expectSame(one: Step, other: Step, within = 1e-5) {
    expect(Math.abs(one.loss - other.loss)).toBeLessThan(within);
    expect([...one.gradients.keys()]).toEqual([...other.gradients.keys()]);
    for (const [name, values] of one.gradients) {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const difference = largestDifference(values, other.gradients.get(name)!);
      expect(difference, name).toBeLessThan(within * Math.max(largest, 0.1));
    }
  }

  test.each([{ parts: 2 }, { parts: 3, checkpointing: true }, { parts: 100 }, { checkpointing: true }])(
    'with %j are those of the whole batch, dropout included',
    async (options) => {
      const whole = await step(DROPPING, { dropoutSeed: 9 });
      expectSame(whole, await step(DROPPING, { dropoutSeed: 9, ...options }));
    },
  );

  test('with dropout differ from those without, and from another seed’s', async () => {
    const [none, one, other] = [
      await step(DROPPING),
      await step(DROPPING, { dropoutSeed: 1 }),
      await step(DROPPING, { dropoutSeed: 2 }),
    ];
    expect(Math.abs(none.loss - one.loss)).toBeGreaterThan(1e-3);
    expect(Math.abs(other.loss - one.loss)).toBeGreaterThan(1e-3);
  });

  test('of what is not trained are not there, and what is keeps its own', async () => {
    const whole = await step(microConfig);
    const name = 'visual.transformer.resblocks.1.mlp.c_fc.weight';
    const some = await step(microConfig, {
      trains: (each) => each === name || each.startsWith('bert.encoder.layer.0'),
    });
    expect(some.trained).toContain(name);
    expect(some.trained.every((each) => each === name || each.startsWith('bert.encoder.layer.0'))).toBe(true);
    for (const [each, values] of some.gradients)
      expect(largestDifference(values, whole.gradients.get(each)!), each).toBeLessThan(1e-6);
  });

  test('of a ResNet are computed on the batch, whose statistics move the running ones once', async () => {
    const before = initialWeights(RESNET, createRandom(2));
    const kept = await step(RESNET);
    const again = await step(RESNET, { checkpointing: true });
    expectSame(kept, again);
    const name = 'visual.bn1.running_mean';
    expect(kept.weights.get(name)).not.toEqual(before.get(name));
    expect(kept.weights.get(name)).toEqual(again.weights.get(name));
  });

  test('of a ResNet that is locked are none, and its statistics stay', async () => {
    const before = initialWeights(RESNET, createRandom(2));
    const locked = await step(RESNET, { trains: (name) => !name.startsWith('visual.') });
    expect(locked.trained.some((name) => name.startsWith('visual.'))).toBe(false);
    for (const [name, values] of before)
      if (name.startsWith('visual.')) expect(locked.weights.get(name), name).toEqual(values);
  });

  test('of the texts are the same when the pictures’ features are given', async () => {
    const trains = (name: string) => !name.startsWith('visual.');
    const weights = initialWeights(microConfig, createRandom(2));
    const objective = openClipObjective({ config: microConfig, weights, trains, session: { threads: 2 } });
    opened.push(objective);
    const batch = pairs(microConfig, 5);
    const { loss } = await objective.evaluate(batch);
    const expected = new Map([...objective.gradients].map(([name, values]) => [name, values.slice()]));
    const features = await objective.encode('image', batch.pixels);
    const given = { data: features, dims: [5, microConfig.embedDim] };
    expect(Math.abs((await objective.evaluate({ ...batch, pixels: given })).loss - loss)).toBeLessThan(1e-6);
    for (const [name, values] of expected)
      expect(largestDifference(objective.gradients.get(name)!, values), name).toBeLessThan(1e-6);
  });
});

describe('dropout masks', () => {
  const dims = [40, 5, 50];

  test('drop the given share, and scale what is left', () => {
    const mask = dropoutMasks(3, 0)(1, 2, dims, 0.1);
    const dropped = mask.filter((value) => value === 0).length;
    expect(dropped / mask.length).toBeGreaterThan(0.08);
    expect(dropped / mask.length).toBeLessThan(0.12);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.9)]));
  });

  test('differ by seed, step, row, segment and site', () => {
    const seen = new Set<string>();
    for (const seed of [1, 2])
      for (const step of [0, 1])
        for (const segment of [0, 1])
          for (const site of [0, 1]) {
            const mask = dropoutMasks(seed, step)(segment, site, [2, 300], 0.5);
            seen.add(mask.subarray(0, 300).join()).add(mask.subarray(300).join());
          }
    expect(seen.size).toBe(32);
  });

  test('of a part of a batch are those of its rows', () => {
    const whole = dropoutMasks(3, 7)(1, 2, dims, 0.3);
    const part = dropoutMasks(3, 7, 10)(1, 2, [5, 5, 50], 0.3);
    expect(part).toEqual(whole.subarray(10 * 250, 15 * 250));
  });
});
