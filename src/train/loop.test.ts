import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  microConfig,
  OPTIMIZER,
  openMicro,
  openMicroChains,
  STEPS,
} from '../../test/support/micro-training.ts';
import type { Progress } from '../base/index.ts';
import { createRandom, type RandomState } from '../base/index.ts';
import { encodeSafetensors, fromFloat32, readSafetensors, writeSafetensors } from '../weights/index.ts';
import { type AdamWState, initialState } from './adamw.ts';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { ClipObjectiveOptions } from './clip-objective.ts';
import { weightShapes } from './initialise.ts';
import { train } from './loop.ts';
import type { StepSink, WeightArrays } from './objective.ts';
import { cosineSchedule } from './schedule.ts';

const shapes = weightShapes(microConfig);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-train-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A run on batches drawn at random, so that going on needs the generator's state as well. */
async function openRun(checkpoint: string, every = 100) {
  const micro = await openMicro();
  const { weights, state } = micro;
  let random = createRandom(7);
  let saved = 0;
  const go = (steps: number, extra: Partial<Parameters<typeof train>[0]> = {}) =>
    train({
      ...micro,
      batch: () => micro.batch(random.below(STEPS)),
      steps,
      optimizer: { ...OPTIMIZER, weightDecay: 0.001 },
      learningRate: cosineSchedule(1e-3, 2, STEPS),
      checkpoint: {
        every,
        save: async () => {
          saved += 1;
          await saveCheckpoint(checkpoint, { weights, shapes, optimizer: state, data: random.state() });
        },
      },
      ...extra,
    });
  const resume = async () => {
    random = createRandom(
      await loadCheckpoint<RandomState>(checkpoint, { weights, shapes, optimizer: state }),
    );
  };
  return { ...micro, go, resume, saves: () => saved };
}

const contents = ({ weights, state }: { weights: WeightArrays; state: AdamWState }) => ({
  step: state.step,
  weights: new Map(weights),
  first: new Map(state.first),
  second: new Map(state.second),
});

describe('train', () => {
  test('called off, it saves; gone on with, it ends bit for bit as if never interrupted', async () => {
    const path = join(folder, 'interrupted.safetensors');
    const whole = await openRun(join(folder, 'whole.safetensors'));
    await whole.go(STEPS);
    expect(whole.saves()).toBe(1);

    const abort = new AbortController();
    const reason = new Error('enough');
    const first = await openRun(path);
    const stopped = first.go(STEPS, {
      signal: abort.signal,
      onStep: ({ step }) => void (step === 2 && abort.abort(reason)),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'TUWEN_CANCELLED', cause: reason });
    expect([first.state.step, first.saves()]).toEqual([3, 1]);

    const second = await openRun(path);
    await second.resume();
    expect(second.state.step).toBe(3);
    await second.go(STEPS);
    expect(contents(second)).toEqual(contents(whole));
    await Promise.all([whole, first, second].map((run) => run.close()));
  });

  test('saves every so many steps and at the end, once', async () => {
    const run = await openRun(join(folder, 'every.safetensors'), 2);
    const at: number[] = [];
    const save = async () => void at.push(run.state.step);
    await run.go(5, { checkpoint: { every: 2, save } });
    expect(at).toEqual([2, 4, 5]);
    await run.go(6, { checkpoint: { every: 2, save } });
    expect(at).toEqual([2, 4, 5, 6]);
    await run.close();
  });

  test('reports its progress, counting what an earlier run did', async () => {
    const run = await openRun(join(folder, 'progress.safetensors'));
    await run.go(3);
    const reports: Progress[] = [];
    await run.go(5, { onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)).toMatchObject({ unit: 'step', done: 5, total: 5, secondsLeft: 0 });
    expect(reports.at(-1)!.rate).toBeGreaterThan(0);
    await run.close();
  });

  test('stops where it diverges, with the weights as they were, and saves nothing', async () => {
    const run = await openRun(join(folder, 'diverged.safetensors'));
    await run.go(2, { checkpoint: { every: 100, save: async () => {} } });
    run.weights.get('visual.proj')!.fill(Number.NaN);
    const before = run.weights.get('text_projection')!.slice();
    await expect(run.go(STEPS)).rejects.toMatchObject({
      code: 'TUWEN_TRAINING_DIVERGED',
      value: { step: 2, loss: Number.NaN },
    });
    expect(run.weights.get('text_projection')).toEqual(before);
    expect([run.state.step, run.saves()]).toEqual([2, 0]);
    await run.close();
  });

  describe('stops where a gradient is no number, and saves nothing', () => {
    /** A run in which the gradient of one parameter has a number that is none. */
    async function openBroken(name: string) {
      const run = await openRun(join(folder, `${name}.safetensors`));
      const { evaluate } = run.objective;
      const breaking = (parameter: string, values: Float32Array) => {
        if (parameter === 'visual.proj') values[0] = Number.NaN;
      };
      const objective: typeof run.objective = {
        ...run.objective,
        async evaluate(batch, sink) {
          const broken: StepSink | undefined = sink && {
            loss: sink.loss,
            gradient(parameter, values) {
              breaking(parameter, values);
              sink.gradient(parameter, values);
            },
          };
          const result = await evaluate(batch, broken);
          for (const [parameter, values] of run.objective.gradients) breaking(parameter, values);
          return result;
        },
      };
      return { ...run, objective };
    }

    test('before any weight is touched, where all gradients are waited for', async () => {
      const run = await openBroken('together');
      const before = contents(structuredClone({ weights: run.weights, state: run.state }));
      await expect(run.go(1, { objective: run.objective, clipNorm: 1 })).rejects.toMatchObject({
        code: 'TUWEN_TRAINING_DIVERGED',
        value: { step: 0, loss: expect.any(Number) },
      });
      expect(contents(run)).toEqual(before);
      expect(run.saves()).toBe(0);
      await run.close();
    });

    test('before that parameter is touched, and the step does not count, where each moves at once', async () => {
      const run = await openBroken('at-once');
      const before = run.weights.get('visual.proj')!.slice();
      await expect(run.go(1, { objective: run.objective })).rejects.toMatchObject({
        code: 'TUWEN_TRAINING_DIVERGED',
        value: { step: 0, loss: expect.any(Number) },
      });
      expect(run.weights.get('visual.proj')).toEqual(before);
      expect([run.state.step, run.saves()]).toEqual([0, 0]);
      await run.close();
    });
  });

  test.each<Partial<ClipObjectiveOptions>>([{}, { checkpointing: true }, { parts: 3 }])(
    'parameters that move at once (%j) end bit for bit where those end that wait for all gradients',
    async (options) => {
      const ends = [];
      for (const clip of [{}, { clipNorm: Number.POSITIVE_INFINITY }]) {
        const micro = await openMicroChains({}, options);
        await train({
          ...micro,
          ...clip,
          steps: 3,
          optimizer: { ...OPTIMIZER, weightDecay: 0.001 },
          learningRate: () => 1e-3,
        });
        ends.push(contents(micro));
        await micro.close();
      }
      expect(ends[0]!.step).toBe(3);
      expect(ends[0]).toEqual(ends[1]);
    },
  );

  test('limits the norm of the gradients where told to', async () => {
    const run = await openRun(join(folder, 'clipped.safetensors'));
    await run.go(1, { clipNorm: 1e-3 });
    let squares = 0;
    for (const gradient of run.objective.gradients.values()) for (const g of gradient) squares += g * g;
    expect(Math.sqrt(squares)).toBeCloseTo(1e-3, 7);
    await run.close();
  });
});

describe('loadCheckpoint', () => {
  const small = (value: number): Checkpoint<string> => {
    const weights = new Map([
      ['a', new Float32Array(4).fill(value)],
      ['b', new Float32Array(2).fill(value)],
    ]);
    const optimizer = initialState(['b'], weights);
    optimizer.step = value;
    optimizer.first.get('b')!.fill(value);
    const shapes = new Map([
      ['a', [2, 2]],
      ['b', [2]],
    ]);
    return { weights, shapes, optimizer, data: `data ${value}` };
  };
  const path = () => join(folder, 'small.safetensors');
  const notACheckpoint = { code: 'TUWEN_NOT_A_CHECKPOINT', value: { path: expect.any(String) } };

  async function refuses(into: Checkpoint<string>, file = path()) {
    const before = structuredClone(into);
    await expect(loadCheckpoint(file, into)).rejects.toMatchObject(notACheckpoint);
    expect(into).toEqual(before);
  }

  test('gives back what was saved', async () => {
    await saveCheckpoint(path(), small(3));
    const into = small(0);
    expect(await loadCheckpoint(path(), into)).toBe('data 3');
    expect({ ...into, data: 'data 3' }).toEqual(small(3));
  });

  test('reads the weights alone where no moments are asked for', async () => {
    await saveCheckpoint(path(), small(3));
    const into = { ...small(0), optimizer: { step: 0, first: new Map(), second: new Map() } };
    await loadCheckpoint(path(), into);
    expect(into.weights).toEqual(small(3).weights);
    expect(into.optimizer.step).toBe(3);
  });

  test('refuses files that are no checkpoint', async () => {
    const text = join(folder, 'text.safetensors');
    await writeFile(text, 'these bytes are no tensors at all');
    await refuses(small(0), text);
    const weights = join(folder, 'weights.safetensors');
    await writeSafetensors(weights, new Map([['a', fromFloat32(new Float32Array(4), [2, 2])]]));
    await refuses(small(0), weights);
    await saveCheckpoint(path(), small(3));
    const broken = join(folder, 'broken.safetensors');
    await writeFile(
      broken,
      encodeSafetensors(await readSafetensors(path()), { 'tuwen.training': '{"step":' }),
    );
    await refuses(small(0), broken);
  });

  test('refuses checkpoints of other models, with nothing loaded', async () => {
    await saveCheckpoint(path(), small(3));
    const { weights, shapes, optimizer } = small(0);
    const into = (change: Partial<Checkpoint<string>>) => ({ ...small(0), ...change });
    await refuses(into({ shapes: new Map([...shapes, ['b', [2, 1]]]) }));
    await refuses(into({ shapes: new Map([...shapes, ['a', [4]]]) }));
    await refuses(into({ weights: new Map([...weights].slice(0, 1)) }));
    await refuses(
      into({
        weights: new Map([
          ['a', weights.get('a')!],
          ['c', weights.get('b')!],
        ]),
        shapes: new Map([...shapes, ['c', [2]]]),
      }),
    );
    await refuses(into({ optimizer: { ...optimizer, second: new Map(weights) } }));
  });

  test('a file that is missing is said to be missing', async () => {
    await expect(loadCheckpoint(join(folder, 'none'), small(0))).rejects.toMatchObject({
      code: 'TUWEN_FILE_MISSING',
    });
  });
});
