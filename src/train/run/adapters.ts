/** A stage's adapters: made beside the weights that they adapt, and merged into them when it ends. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createRandom, TuwenError } from '../../base/index.ts';
import {
  adapterAt,
  type ClipConfig,
  isAdapter,
  LORA_SCALE,
  loraParts,
  loraShapes,
  merged,
  writeAdapter,
} from '../../clip/index.ts';
import type { Lora } from '../../graph/index.ts';
import { fromFloat32, toFloat32 } from '../../weights/index.ts';
import { saveCheckpoint } from '../checkpoint.ts';
import { weightShapes } from '../initialise.ts';
import type { WeightArrays } from '../objective.ts';
import type { Settings } from '../settings/settings.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunState } from './run-state.ts';
import type { MutableWeights, StartModel } from './start.ts';

export interface Adapters {
  readonly lora: Lora;
  /** Shapes of the adapters' matrices and of their scale, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Adds adapters to the weights: A uniform within 1/√in as a linear layer of PyTorch begins, B zero, so that the model is what
 * it was (Hu et al. 2021, section 4.1). Undefined where the settings ask for none. Throws TUWEN_SETTING_INVALID.
 */
export function addAdapters(
  settings: Settings,
  config: ClipConfig,
  weights: MutableWeights,
  seed: number,
): Adapters | undefined {
  const rank = settings['lora-rank'];
  if (rank === undefined) return undefined;
  const targets = settings['lora-targets'];
  const isFrozen = (name: string) => settings[name.startsWith('visual.') ? 'freeze-vision' : 'freeze-text'];
  const shapes = loraShapes(config, { rank, targets, adapts: (name) => !isFrozen(name) });
  if (shapes.size === 0)
    throw new TuwenError('TUWEN_SETTING_INVALID', {
      source: 'train',
      key: 'lora-rank',
      got: rank,
      expected: '!(freeze-vision && freeze-text)',
    });
  const random = createRandom(seed);
  for (const [name, shape] of shapes) {
    const [rows, columns] = shape as [number, number];
    const limit = name.endsWith('lora_A') ? columns ** -0.5 : 0;
    const draw = () => (limit === 0 ? 0 : limit * (2 * random.uniform() - 1));
    weights.set(name, Float32Array.from({ length: rows * columns }, draw));
  }
  const scale = (settings['lora-alpha'] ?? rank) / rank;
  weights.set(LORA_SCALE, Float32Array.of(scale));
  return { lora: { rank, scale, parts: loraParts(targets) }, shapes: new Map([...shapes, [LORA_SCALE, []]]) };
}

/** Merges adapters into the weights, which change in place, and takes the adapters away. */
export function mergeAdapters({ shapes }: Adapters, config: ClipConfig, weights: MutableWeights): void {
  const all = new Map([...weightShapes(config), ...shapes]);
  const tensors = new Map(Array.from(all, ([name, shape]) => [name, fromFloat32(weights.get(name)!, shape)]));
  for (const [name, tensor] of merged(tensors))
    if (tensor !== tensors.get(name)) weights.get(name)!.set(toFloat32(tensor));
  for (const name of shapes.keys()) weights.delete(name);
}

/** Writes the adapters of a run in PEFT's layout; `base` is the model that they belong to. Throws TUWEN_FILE_UNWRITABLE. */
export function saveAdapters(
  folder: string,
  { lora, shapes }: Adapters,
  config: ClipConfig,
  weights: WeightArrays,
  base: string,
): Promise<void> {
  const matrices = [...shapes].filter(([name]) => isAdapter(name) && name !== LORA_SCALE);
  return writeAdapter(folder, {
    base: existsSync(base) ? resolve(base) : base,
    config,
    rank: lora.rank,
    alpha: lora.scale * lora.rank,
    tensors: new Map(matrices.map(([name, shape]) => [name, fromFloat32(weights.get(name)!, shape)])),
  });
}

/**
 * The model that a stage's adapters belong to: the stored one that the run begins with or, where they belong to no stored one, a
 * checkpoint without moments, written beside them. Throws TUWEN_FILE_UNWRITABLE.
 */
export async function baseOfAdapters(
  { index, settings }: { readonly index: number; readonly settings: Settings },
  { config, weights, vocabulary }: StartModel,
  folder: RunFolder,
  { from }: RunState,
): Promise<string> {
  const { model: name, 'fp16-rounding': isRounded } = settings;
  const isStored = index === 0 && from === undefined && !isRounded && name !== undefined;
  if (isStored && !(await adapterAt(name))) return name;
  const path = folder.kept(`adapter-base-${index + 1}`);
  const shapes = weightShapes(config);
  await saveCheckpoint<RunState>(path, {
    weights: new Map([...shapes.keys()].map((each) => [each, weights.get(each)!])),
    shapes,
    optimizer: { step: 0, first: new Map(), second: new Map() },
    data: { stage: index, offset: 0, since: 0 },
    model: { config, vocabulary },
  });
  return path;
}

/** Throws TUWEN_SETTING_INVALID where a checkpoint has adapters of another shape or factor than the settings ask for. */
export function requireSameAdapters(before: Settings | undefined, now: Settings): void {
  const alphaOf = (settings: Settings) => settings['lora-alpha'] ?? settings['lora-rank'];
  const rows = [
    ['lora-rank', before?.['lora-rank'], now['lora-rank']],
    ['lora-alpha', before && alphaOf(before), alphaOf(now)],
    ['lora-targets', before?.['lora-targets'], now['lora-targets']],
  ] as const;
  for (const [key, was, is] of rows) {
    if (was === is || (before?.['lora-rank'] ?? now['lora-rank']) === undefined) continue;
    const expected = `${was ?? '–'} (--reset-optimizer)`;
    throw new TuwenError('TUWEN_SETTING_INVALID', { source: 'train', key, got: is, expected });
  }
}
