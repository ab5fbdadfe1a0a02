/** The reference's very small training runs: model, data and what each step came to. */
import { parseCnClipConfig } from '../../src/clip/layouts/index.ts';
import { initialState, openObjective } from '../../src/train/index.ts';
import { readSafetensors } from '../../src/weights/index.ts';
import { clipLoss, pairFeeds } from './clip-loss.ts';
import { fixture, readJsonFixture, readTensors, rows, weightArrays } from './fixtures.ts';

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

/** The weights before the first step, an objective over them, and the pairs of every step. */
export async function openMicro(
  start: Readonly<Record<string, number>> = {},
  trains?: (name: string) => boolean,
) {
  const weights = weightArrays(await readSafetensors(fixture('training/initial.safetensors')));
  for (const [name, value] of Object.entries(start)) weights.get(name)![0] = value;
  const data = await readTensors('training/data.safetensors');
  const [pixels, ids] = [data('pixel_values'), data('input_ids')];
  const of = (tensor: typeof pixels, step: number) => {
    const { dims, data: values } = rows(tensor, step, step + 1);
    return { dims: dims.slice(1), data: values };
  };
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
    batch: (step: number) => pairFeeds(of(pixels, step), of(ids, step)),
    close: () => objective.close(),
  };
}
