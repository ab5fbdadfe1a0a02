/** Training that torch takes over from us, and we from torch: the losses of the steps that follow must be the same. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModel, toCnClipConfig } from '../src/clip/index.ts';
import type { EngineTensor } from '../src/engine/index.ts';
import {
  createRandom,
  initialState,
  openClipObjective,
  resolveSettings,
  runTraining,
  train,
  weightShapes,
  writeReferenceCheckpoint,
} from '../src/train/index.ts';
import { loadReferenceMoments } from '../src/train/reference-checkpoint.ts';
import { fromFloat32, type Tensor, toFloat32, writeSafetensors } from '../src/weights/index.ts';
import { fixture } from '../test/support/fixtures.ts';

/** Steps that the one makes before the other takes over, and how many of each follow. */
const BEFORE = 3;
const AFTER = 2;
const BATCH = 6;
const LENGTH = 12;
const LIMIT = 1e-4;

const SETTINGS = { lr: 1e-3, wd: 0.05, beta1: 0.9, beta2: 0.98, eps: 1e-6 } as const;
const OPTIMIZER = {
  beta1: SETTINGS.beta1,
  beta2: SETTINGS.beta2,
  epsilon: SETTINGS.eps,
  weightDecay: SETTINGS.wd,
} as const;

/** What Python is given: a checkpoint in the reference's layout, pairs of `2 · AFTER` steps, and our first losses. */
export async function writeTraining(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const settings = resolveSettings(
    {
      ...SETTINGS,
      model: fixture('tiny-hf'),
      'train-data': fixture('lmdb/tsv'),
      'batch-size': 8,
      'max-steps': BEFORE,
      warmup: 1,
      dropout: false,
      logs: folder,
      name: 'run',
    },
    'verify',
  );
  const { checkpoint } = await runTraining(settings);
  const file = join(folder, 'ours.pt');
  await writeReferenceCheckpoint(checkpoint, file);
  const { config } = await readModel(checkpoint);
  writeFileSync(join(folder, 'cn_clip.json'), JSON.stringify(toCnClipConfig(config as never)));
  const batches = Array.from({ length: 2 * AFTER }, (_, i) =>
    batchOf(i, config.pixels.size, config.text.vocabSize),
  );
  const tensors = new Map<string, Tensor>();
  batches.forEach(({ pixels, ids }, i) => {
    tensors.set(`pixels.${i}`, fromFloat32(pixels.data as Float32Array, [...pixels.dims]));
    const bytes = new Uint8Array((ids.data as BigInt64Array).buffer.slice(0));
    tensors.set(`ids.${i}`, { dtype: 'I64', shape: [...ids.dims], bytes });
  });
  await writeSafetensors(join(folder, 'batches.safetensors'), tensors);
  const losses = await lossesFrom(file, batches.slice(0, AFTER));
  writeFileSync(join(folder, 'ours.json'), JSON.stringify({ losses, ...SETTINGS, after: AFTER }));
}

/** Goes on from the checkpoint that torch wrote; gives whether the losses are those that torch saw. */
export async function verifyTraining(folder: string): Promise<boolean> {
  const { losses: wanted } = JSON.parse(readFileSync(join(folder, 'torch.json'), 'utf8')) as {
    losses: number[];
  };
  const { config } = await readModel(join(folder, 'torch.pt'));
  const batches = wanted.map((_, i) => batchOf(AFTER + i, config.pixels.size, config.text.vocabSize));
  const losses = await lossesFrom(join(folder, 'torch.pt'), batches);
  const worst = Math.max(...losses.map((loss, i) => Math.abs(loss - wanted[i]!)));
  console.log(
    `${worst < LIMIT ? 'ok  ' : 'FAIL'} training: we go on from torch, losses: ${worst.toExponential(1)}`,
  );
  return worst < LIMIT;
}

async function lossesFrom(file: string, batches: readonly ReturnType<typeof batchOf>[]): Promise<number[]> {
  const { config, weights: stored } = await readModel(file);
  const shapes = weightShapes(config);
  const weights = new Map(
    [...shapes.keys()].map((name) => [name, new Float32Array(toFloat32(stored.get(name)!))]),
  );
  const objective = openClipObjective({ config, weights });
  const state = initialState(objective.trained, weights);
  await loadReferenceMoments(file, { shapes, optimizer: state });
  const first = state.step;
  const losses: number[] = [];
  await train({
    objective,
    weights,
    state,
    optimizer: OPTIMIZER,
    steps: first + batches.length,
    learningRate: () => SETTINGS.lr,
    batch: (step) => ({ step, ...batches[step - first]! }),
    onStep: ({ loss }) => void losses.push(loss),
  });
  await objective.close();
  return losses;
}

/** Random pictures, and texts of words that repeat. */
function batchOf(seed: number, size: number, words: number): { pixels: EngineTensor; ids: EngineTensor } {
  const random = createRandom(seed);
  const pixels = Float32Array.from({ length: BATCH * 3 * size * size }, () => random.normal());
  const ids = BigInt64Array.from({ length: BATCH * LENGTH }, (_, i) => {
    const place = i % LENGTH;
    if (place === 0) return 101n;
    return place === LENGTH - 1 ? 102n : BigInt(200 + random.below(words - 200));
  });
  return {
    pixels: { dims: [BATCH, 3, size, size], data: pixels },
    ids: { dims: [BATCH, LENGTH], data: ids },
  };
}
