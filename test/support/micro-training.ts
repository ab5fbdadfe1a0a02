/** The reference's very small training runs: model, data and what each step came to. */

import { builder, imageTower } from '../../src/clip/index.ts';
import { parseCnClipConfig } from '../../src/clip/layouts/index.ts';
import type { EngineTensor } from '../../src/engine/index.ts';
import { Graph, training } from '../../src/graph/index.ts';
import type { PairBatch } from '../../src/train/index.ts';
import {
  type ClipObjectiveOptions,
  initialState,
  openClipObjective,
  openObjective,
} from '../../src/train/index.ts';
import { readSafetensors } from '../../src/weights/index.ts';
import { clipLoss, pairFeeds } from './clip-loss.ts';
import { fixture, readJsonFixture, readTensors, rows, weightArrays } from './fixtures.ts';
import { runGraph } from './run-graph.ts';

export interface Variant {
  readonly wd: number;
  readonly start: Readonly<Record<string, number>>;
  readonly steps: readonly {
    readonly lr: number;
    readonly losses: readonly number[];
    readonly i2t: number;
    readonly t2i: number;
    readonly logit_scale: number;
  }[];
  readonly param_groups: readonly { readonly weight_decay: number; readonly params: readonly string[] }[];
}

export const STEPS = 8;
export const OPTIMIZER = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6 } as const;

export const variants = readJsonFixture<Readonly<Record<string, Variant>>>('training/steps.json');

export const microConfig = parseCnClipConfig(
  {
    ...readJsonFixture<object>('training/ViT-micro.json'),
    ...readJsonFixture<object>('training/BERT-micro-chinese.json'),
  },
  'ViT-micro.json',
);

/** The weights before the first step, and the tensors of every step. */
async function readMicro(start: Readonly<Record<string, number>>) {
  const weights = weightArrays(await readSafetensors(fixture('training/initial.safetensors')));
  for (const [name, value] of Object.entries(start)) weights.get(name)![0] = value;
  const data = await readTensors('training/data.safetensors');
  const of = (name: string, step: number) => {
    const { dims, data: values } = rows(data(name), step, step + 1);
    return { dims: dims.slice(1), data: values };
  };
  return { weights, of };
}

/** Those, with an objective that is one graph, and the pairs of every step. */
export async function openMicro(
  start: Readonly<Record<string, number>> = {},
  trains?: (name: string) => boolean,
) {
  const { weights, of } = await readMicro(start);
  const objective = await openObjective({
    weights,
    threads: 2,
    build: (graph) => clipLoss(graph, microConfig),
    ...(trains ? { trains } : {}),
  });
  return {
    weights,
    objective,
    state: initialState(objective.trained, weights),
    batch: (step: number) => pairFeeds(of('pixel_values', step), of('input_ids', step)),
    close: () => objective.close(),
  };
}

/** The same with towers that are chains, and what the variants `flip` and `distill` need besides pairs. */
export async function openMicroChains(
  start: Readonly<Record<string, number>>,
  options: Partial<ClipObjectiveOptions> & { teacher?: (pixels: EngineTensor) => Promise<EngineTensor> },
) {
  const { weights, of } = await readMicro(start);
  const { teacher, ...rest } = options;
  const objective = openClipObjective({ config: microConfig, weights, session: { threads: 2 }, ...rest });
  return {
    weights,
    objective,
    state: initialState(objective.trained, weights),
    batch: async (step: number): Promise<PairBatch> => {
      const pixels = of('pixel_values', step);
      return {
        step,
        pixels,
        ids: of('input_ids', step),
        ...(rest.patchesKept ? { kept: withClassToken(of('flip.keep', step)) } : {}),
        ...(teacher ? { teacher: await teacher(pixels) } : {}),
      };
    },
    close: () => objective.close(),
  };
}

/** The teacher of the variant `distill`: the raw features of its image tower. */
export async function microTeacher(): Promise<(pixels: EngineTensor) => Promise<EngineTensor>> {
  const json = (name: string) => readJsonFixture<object>(`training/${name}.json`);
  const config = parseCnClipConfig(
    { ...json('ViT-micro-teacher'), ...json('BERT-micro-chinese') },
    'ViT-micro-teacher.json',
  );
  const weights = weightArrays(await readSafetensors(fixture('training/teacher.safetensors')));
  return async (pixels) => {
    const graph = new Graph();
    const input = graph.input('pixels', 'float32', pixels.dims);
    graph.output('features', imageTower(builder(graph, training()), config, input).features);
    const feeds = Object.fromEntries(
      [...graph.parameters].map(([name, { shape }]) => [
        name,
        { data: weights.get(name)!, dims: shape as number[] },
      ]),
    );
    return (await runGraph(graph, { ...feeds, pixels })).features!;
  };
}

/** Places of patches with the class token's place before them. */
function withClassToken({ dims, data }: EngineTensor): EngineTensor {
  const [count, kept] = dims as [number, number];
  const all = new BigInt64Array(count * (kept + 1));
  for (let i = 0; i < count; i++)
    all.set((data as BigInt64Array).subarray(i * kept, (i + 1) * kept), i * (kept + 1) + 1);
  return { dims: [count, kept + 1], data: all };
}
