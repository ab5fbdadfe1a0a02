/** The trainer's own runs, followed step by step. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture, floats, readTensors } from '../../test/support/fixtures.ts';
import {
  microConfig,
  microTeacher,
  OPTIMIZER,
  openMicro,
  openMicroChains,
  STEPS,
  variants,
} from '../../test/support/micro-training.ts';
import { largestDifference } from '../../test/support/numbers.ts';
import { readSafetensors } from '../weights/index.ts';
import type { ClipObjectiveOptions } from './clip-objective.ts';
import { type Minimised, type StepReport, train } from './loop.ts';
import { cosineSchedule } from './schedule.ts';

/** The share of rows whose largest logit lies on the diagonal. */
function accuracy(logits: ArrayLike<number>, size: number, at: (row: number, column: number) => number) {
  let right = 0;
  for (let row = 0; row < size; row++) {
    let best = 0;
    for (let k = 1; k < size; k++) if (logits[at(row, k)]! > logits[at(row, best)]!) best = k;
    if (best === row) right += 1;
  }
  return right / size;
}

/** A weight without the biases of keys: their gradient is zero but for rounding, which the optimiser magnifies. */
function compared(name: string, values: Float32Array): Float32Array[] {
  if (name.endsWith('key.bias')) return [];
  if (!name.endsWith('in_proj_bias')) return [values];
  const third = values.length / 3;
  return [values.subarray(0, third), values.subarray(2 * third)];
}

function difference(name: string, values: Float32Array, wanted: Float32Array): number {
  const [a, b] = [compared(name, values), compared(name, wanted)];
  return Math.max(0, ...a.map((part, i) => largestDifference(part, b[i]!)));
}

type Run = Awaited<ReturnType<typeof openMicro>> | Awaited<ReturnType<typeof openMicroChains>>;

/** Either kind of run as the loop takes it: each objective is given its own batches. */
function asMinimised({ weights, state, objective, batch }: Run) {
  return {
    weights,
    state,
    objective: objective as Minimised<unknown>,
    batch: batch as (step: number) => unknown,
  };
}

const notVisual = (name: string) => !name.startsWith('visual.');

/** How a variant is run: as one graph, or as chains. */
const RUNS: Readonly<Record<string, (name: string) => Promise<Run>>> = {
  'plain, one graph': (name) => openMicro(variants[name]!.start),
  'freeze, one graph': (name) => openMicro(variants[name]!.start, notVisual),
  plain: chains({}),
  'plain, in four parts': chains({ parts: 4 }),
  'plain, checkpointed': chains({ checkpointing: true }),
  decay: chains({}),
  accum: chains({ parts: 2 }),
  'accum, checkpointed': chains({ parts: 2, checkpointing: true }),
  freeze: chains({ trains: notVisual }),
  flip: chains({ patchesKept: 4 }),
  'flip, in three parts': chains({ patchesKept: 4, parts: 3 }),
  distill: chains({ distillation: { dim: 40, weight: 0.5 } }),
  'distill, in two parts': chains({ distillation: { dim: 40, weight: 0.5 }, parts: 2 }),
};

/** A variant's towers as chains; the teacher of `distill` is run beside them. */
function chains(options: Partial<ClipObjectiveOptions>) {
  return async (name: string) => {
    const teacher = name === 'distill' ? { teacher: await microTeacher() } : {};
    return openMicroChains(variants[name]!.start, { ...options, ...teacher });
  };
}

const WORDS = 'bert.embeddings.word_embeddings.weight';

describe.each(Object.keys(RUNS))('%s', (label) => {
  const name = label.split(',')[0]!;
  const variant = variants[name]!;
  const trains = (parameter: string) => name !== 'freeze' || notVisual(parameter);
  const reports: StepReport[] = [];
  const traces: Map<string, Float32Array>[] = [];
  let run: Run;
  let expected: Awaited<ReturnType<typeof readTensors>>;
  let stored: Set<string>;
  let initial: Map<string, Float32Array>;

  beforeAll(async () => {
    run = await RUNS[label]!(name);
    initial = new Map([...run.weights].map(([key, values]) => [key, values.slice()]));
    stored = new Set((await readSafetensors(fixture(`training/${name}.safetensors`))).keys());
    expected = await readTensors(`training/${name}.safetensors`);
    const traced = [...stored].filter((key) => key.startsWith('trace.')).map((key) => key.slice(6));
    await train({
      ...asMinimised(run),
      steps: STEPS,
      optimizer: { ...OPTIMIZER, weightDecay: variant.wd },
      learningRate: cosineSchedule(1e-3, 2, STEPS),
      onStep: (report) => {
        reports.push(report);
        traces.push(new Map(traced.map((key) => [key, run.weights.get(key)!.slice()])));
      },
    });
  });
  afterAll(() => run.close());

  test('losses, learning rates, accuracies and the logit scale of every step', () => {
    expect(reports.map(({ step, steps }) => [step, steps])).toEqual(variant.steps.map((_, i) => [i, STEPS]));
    variant.steps.forEach((wanted, i) => {
      const { loss, learningRate, logitScale, outputs } = reports[i]!;
      for (const part of wanted.losses) expect(Math.abs(loss - part), `loss ${i}`).toBeLessThan(1e-4);
      expect(Math.abs(learningRate - wanted.lr), `learning rate ${i}`).toBeLessThan(1e-9);
      expect(Math.abs(logitScale! - wanted.logit_scale), `logit scale ${i}`).toBeLessThan(1e-5);
      const logits = floats(outputs.logits!);
      const size = outputs.logits!.dims[0]!;
      const toTexts = accuracy(logits, size, (row, column) => row * size + column);
      const toImages = accuracy(logits, size, (row, column) => column * size + row);
      expect([toTexts, toImages].map(Math.fround), `accuracies ${i}`).toEqual([wanted.i2t, wanted.t2i]);
    });
  });

  test('traced weights after every step', () => {
    expect(traces[0]!.size).toBeGreaterThan(2);
    for (const key of traces[0]!.keys()) {
      const wanted = floats(expected(`trace.${key}`));
      const length = wanted.length / STEPS;
      traces.forEach((trace, i) => {
        const step = wanted.subarray(i * length, (i + 1) * length);
        expect(difference(key, trace.get(key)!, step), `${key} ${i}`).toBeLessThan(5e-5);
      });
    }
  });

  if (['plain', 'distill', 'flip'].includes(name)) {
    test('the gradients of the first step', async () => {
      const again = await RUNS[label]!(name);
      await asMinimised(again).objective.evaluate(await again.batch(0));
      for (const [key, values] of again.objective.gradients) {
        const wanted =
          key === WORDS ? await wordGradient(name, values.length) : floats(expected(`grad.${key}`));
        const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(difference(key, values, wanted), key).toBeLessThan(1e-4 * largest + 1e-6);
      }
      await again.close();
    });
  }

  test('all weights after the last step', async () => {
    const finals = name === 'accum' ? await readTensors('training/plain.safetensors') : expected;
    const rows = await wordRows();
    const width = microConfig.text.hidden;
    const final = (key: string) => {
      const values = run.weights.get(key)!;
      if (key !== WORDS) return values;
      return Float32Array.from(
        Array.from(rows, (row) => [
          ...values.subarray(Number(row) * width, (Number(row) + 1) * width),
        ]).flat(),
      );
    };
    for (const key of run.weights.keys()) {
      if (trains(key)) {
        expect(difference(key, final(key), floats(finals(`final.${key}`))), key).toBeLessThan(5e-5);
      } else {
        expect(stored.has(`final.${key}`), key).toBe(false);
        expect(run.weights.get(key), key).toEqual(initial.get(key));
      }
    }
  });
});

/** The rows of the word table that the fixtures keep. */
async function wordRows(): Promise<BigInt64Array> {
  return (await readTensors('training/data.safetensors'))('word_rows').data as BigInt64Array;
}

/** The gradient of the whole word table: zero but for the rows that are kept. */
async function wordGradient(name: string, length: number): Promise<Float32Array> {
  const stored = floats((await readTensors(`training/${name}.safetensors`))(`grad.${WORDS}`));
  const width = microConfig.text.hidden;
  const table = new Float32Array(length);
  (await wordRows()).forEach((row, i) => {
    table.set(stored.subarray(i * width, (i + 1) * width), Number(row) * width);
  });
  return table;
}
