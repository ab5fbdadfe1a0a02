/** Checkpoints of the reference's trainer: cn_clip's `.pt` files with the state of its AdamW beside the weights. */
import { isTuwenError, TuwenError } from '../base/index.ts';
import {
  type Conversion,
  type ConvertOptions,
  convertModel,
  parameterShapes,
  readModel,
} from '../clip/index.ts';
import { readTorchHeader, readTorchOptimizer, type TorchOptimizer, toFloat32 } from '../weights/index.ts';
import { decaysByName } from './adamw.ts';
import { type Checkpoint, readCheckpointMoments } from './checkpoint.ts';
import type { RunState } from './run/run-state.ts';
import { optimizerOf } from './settings/plan.ts';

/**
 * Parameters as cn_clip's trainer gives them to its optimizer: those that do not decay, then the others, each in the
 * order of the model. The optimizer numbers them through both groups.
 */
export function optimizerGroups(names: Iterable<string>): readonly [fixed: string[], decaying: string[]] {
  const all = [...names];
  return [all.filter((name) => !decaysByName(name)), all.filter(decaysByName)];
}

/** The steps that a reference checkpoint says were made. Throws TUWEN_NOT_A_CHECKPOINT where it says nothing. */
export async function readReferenceStep(path: string): Promise<number> {
  const { notes } = await asCheckpoint(path, () => readTorchHeader(path));
  const step = notes.get('step');
  if (!Number.isSafeInteger(step) || (step as number) < 0) throw notACheckpoint(path);
  return step as number;
}

/**
 * Reads moments and steps of a reference checkpoint's optimizer into `optimizer`; one that was not trained there begins
 * with none. Throws TUWEN_NOT_A_CHECKPOINT where it has no optimizer, or one of other parameters.
 */
export async function loadReferenceMoments(
  path: string,
  { shapes, optimizer }: Pick<Checkpoint<unknown>, 'shapes' | 'optimizer'>,
): Promise<void> {
  const stored = await asCheckpoint(path, () => readTorchOptimizer(path));
  const names = stored && namesOf(stored, [...shapes.keys()].filter(isParameter));
  if (!names) throw notACheckpoint(path);
  let step = 0;
  for (const [number, moments] of stored.state) {
    const name = names[number];
    const wanted = name === undefined ? undefined : shapes.get(name)!.join();
    if (
      wanted === undefined ||
      moments.first.shape.join() !== wanted ||
      moments.second.shape.join() !== wanted
    )
      throw notACheckpoint(path);
    optimizer.first.get(name!)?.set(toFloat32(moments.first));
    optimizer.second.get(name!)?.set(toFloat32(moments.second));
    step = Math.max(step, moments.step);
  }
  optimizer.step = step;
}

/** The parameters by their numbers: of the whole model or, as after `--freeze-vision`, of all but the image tower. */
function namesOf({ groups }: TorchOptimizer, all: readonly string[]): string[] | undefined {
  const sizes = groups.map(({ parameters }) => parameters.length).join();
  const unfrozen = all.filter((name) => !name.startsWith('visual.'));
  const found = [all, unfrozen]
    .map(optimizerGroups)
    .find((each) => sizes === `${each[0].length},${each[1].length}`);
  if (!found) return undefined;
  const names: string[] = [];
  groups.forEach(({ parameters }, g) => {
    parameters.forEach((number, i) => {
      names[number] = found[g]![i]!;
    });
  });
  return names;
}

const isParameter = (name: string) => !/\.running_(mean|var)$/.test(name);

/**
 * Writes one of our training checkpoints as the reference's trainer does, with the optimizer: its `--resume` goes on
 * from there. Throws TUWEN_NOT_A_CHECKPOINT, TUWEN_SETTING_INVALID for a run of adapters, and what `convertModel` throws.
 */
export async function writeReferenceCheckpoint(
  input: string,
  output: string,
  options: Omit<ConvertOptions, 'layout' | 'optimizer'> = {},
): Promise<Conversion> {
  const { config, layout } = await readModel(input, { mapped: true });
  if (layout !== 'training') throw notACheckpoint(input);
  const { step, data, first, second } = await readCheckpointMoments<RunState>(input);
  const settings = data.record?.settings;
  if (!settings) throw notACheckpoint(input);
  const rank = settings['lora-rank'];
  // Its moments are the adapters', which cn_clip has not.
  if (rank !== undefined)
    throw new TuwenError('TUWEN_SETTING_INVALID', {
      source: input,
      key: 'lora-rank',
      got: rank,
      expected: '–',
    });
  const { rate, beta1, beta2, epsilon, weightDecay } = optimizerOf(settings, config);
  const shapes = [...parameterShapes(config)].filter(([name]) => first.has(name));
  const groups = optimizerGroups(shapes.map(([name]) => name));
  const names = groups.flat();
  const common = { lr: rate, betas: [beta1, beta2] as const, eps: epsilon };
  const optimizer: TorchOptimizer = {
    groups: groups.map((group, i) => ({
      ...common,
      weightDecay: i === 0 ? 0 : weightDecay,
      parameters: group.map((name) => names.indexOf(name)),
    })),
    state: new Map(names.map((name, i) => [i, { step, first: first.get(name)!, second: second.get(name)! }])),
  };
  return convertModel(input, output, { ...options, layout: 'cn_clip', optimizer });
}

async function asCheckpoint<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw isTuwenError(cause, 'TUWEN_TORCH_INVALID') ? notACheckpoint(path, cause) : cause;
  }
}

function notACheckpoint(path: string, cause?: unknown): TuwenError {
  return new TuwenError('TUWEN_NOT_A_CHECKPOINT', { path }, { cause });
}
