import { describe, expect, test } from 'vitest';
import { fixture, floats, readJsonFixture, readTensors, weightArrays } from '../../test/support/fixtures.ts';
import { microConfig, variants } from '../../test/support/micro-training.ts';
import { largestDifference, numbers } from '../../test/support/numbers.ts';
import { storedGradient } from '../../test/support/reference-gradients.ts';
import { parameterShapes, readModel } from '../clip/index.ts';
import { adamwStep, clipByGlobalNorm, decaysByName, initialState } from './adamw.ts';
import { cosineSchedule } from './schedule.ts';

const OPTIONS = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1 };

describe('adamwStep', () => {
  test("follows the definition for several steps, with decay and without, and the state's moments", () => {
    const weights = new Map([
      ['w', numbers(5, 1)],
      ['ln.weight', numbers(5, 2)],
    ]);
    const expected = [...weights].map(([name, values]) => ({ name, w: [...values], m: 0, v: 0 }));
    const moments = expected.map(({ w }) => w.map(() => ({ m: 0, v: 0 })));
    const state = initialState(weights.keys(), weights);
    for (let t = 1; t <= 4; t++) {
      const gradients = new Map([...weights.keys()].map((name, i) => [name, numbers(5, 10 * t + i)]));
      adamwStep(weights, gradients, state, 0.01 * t, OPTIONS);
      expected.forEach(({ name, w }, i) => {
        w.forEach((value, k) => {
          const moment = moments[i]![k]!;
          const g = gradients.get(name)![k]!;
          moment.m = 0.9 * moment.m + 0.1 * g;
          moment.v = 0.98 * moment.v + 0.02 * g * g;
          const [m, v] = [moment.m / (1 - 0.9 ** t), moment.v / (1 - 0.98 ** t)];
          const decayed = name === 'w' ? value * (1 - 0.01 * t * 0.1) : value;
          w[k] = decayed - (0.01 * t * m) / (Math.sqrt(v) + 1e-6);
        });
        expect(largestDifference(weights.get(name)!, w), `${name} ${t}`).toBeLessThan(1e-6);
        expect(
          largestDifference(
            state.first.get(name)!,
            moments[i]!.map(({ m }) => m),
          ),
        ).toBeLessThan(1e-6);
        expect(
          largestDifference(
            state.second.get(name)!,
            moments[i]!.map(({ v }) => v),
          ),
        ).toBeLessThan(1e-6);
      });
    }
    expect(state.step).toBe(4);
  });

  test("makes the reference's step from the reference's gradients", async () => {
    const { weights: stored, config } = await readModel(fixture('tiny-rn'));
    const expected = await readTensors('tiny-rn/expected.safetensors');
    const weights = weightArrays(stored);
    const gradients = new Map(
      [...parameterShapes(config)].map(([name, shape]) => [
        name,
        new Float32Array(storedGradient(expected, name, shape)),
      ]),
    );
    const rate = floats(expected('train.lr'))[0]!;
    const state = initialState(gradients.keys(), weights);
    adamwStep(weights, gradients, state, rate, { ...OPTIONS, weightDecay: 0.001 });
    for (const name of gradients.keys()) {
      if (name.endsWith('word_embeddings.weight')) continue;
      const wanted = floats(expected(`after.${name}`));
      expect(largestDifference(weights.get(name)!, wanted), name).toBeLessThan(5e-7);
    }
  });
});

describe('which parameters decay', () => {
  type Groups = readonly { readonly weight_decay: number; readonly params: readonly string[] }[];

  function groupsOf(names: readonly string[], decay: number): Groups {
    const group = (decays: boolean) =>
      names.filter((name) => decaysByName(name) === decays).map((name) => `module.${name}`);
    return [
      { weight_decay: 0, params: group(false) },
      { weight_decay: decay, params: group(true) },
    ];
  }

  test("the trainer's groups for a ResNet", async () => {
    const { config } = await readModel(fixture('tiny-rn'));
    const names = [...parameterShapes(config).keys()];
    expect(groupsOf(names, 0.001)).toEqual(readJsonFixture<Groups>('tiny-rn/param_groups.json'));
  });

  test.each(Object.keys(variants))("the trainer's groups for a ViT: %s", (name) => {
    const { param_groups, wd } = variants[name]!;
    const names = [...parameterShapes(microConfig).keys()];
    const trained = name === 'freeze' ? names.filter((each) => !each.startsWith('visual.')) : names;
    expect(groupsOf(trained, wd)).toEqual(param_groups);
  });
});

describe('clipByGlobalNorm', () => {
  const gradients = () =>
    new Map([
      ['a', Float32Array.of(3, 0)],
      ['b', Float32Array.of(0, 4)],
    ]);

  test('scales all gradients to the limit', () => {
    const given = gradients();
    expect(clipByGlobalNorm(given, 1)).toBe(5);
    expect(given.get('a')![0]).toBeCloseTo(0.6, 6);
    expect(given.get('b')![1]).toBeCloseTo(0.8, 6);
  });

  test('leaves smaller ones as they are', () => {
    const given = gradients();
    expect(clipByGlobalNorm(given, 5)).toBe(5);
    expect(given).toEqual(gradients());
  });
});

describe('cosineSchedule', () => {
  test('is the learning rate of every reference run', () => {
    const rate = cosineSchedule(1e-3, 2, 8);
    for (const { steps } of Object.values(variants)) {
      steps.forEach(({ lr }, step) => {
        expect(Math.abs(rate(step) - lr)).toBeLessThan(1e-9);
      });
    }
  });

  test('rises to the peak, falls to zero, and may do without a warm-up', () => {
    const rate = cosineSchedule(2, 4, 10);
    expect([0, 1, 2, 3, 4].map(rate)).toEqual([0.5, 1, 1.5, 2, 2]);
    expect(rate(7)).toBeCloseTo(1, 12);
    expect(rate(10)).toBeCloseTo(0, 12);
    expect(cosineSchedule(2, 0, 10)(0)).toBe(2);
  });

  test('holds the peak for a share of what is left, and ends at a floor', () => {
    const rate = cosineSchedule(2, 4, 14, { hold: 0.4, floor: 0.1 });
    expect([3, 4, 7, 8].map(rate)).toEqual([2, 2, 2, 2]);
    expect(rate(9)).toBeLessThan(2);
    expect(rate(11)).toBeCloseTo(1.1, 12);
    expect(rate(14)).toBeCloseTo(0.2, 12);
  });
});
