/** A training run from its settings: one stage or several, watched, saved, and gone on with. */
import { basename } from 'node:path';
import { type OnProgress, TuwenError, throwIfAborted } from '../../base/index.ts';
import type { ClipConfig } from '../../clip/index.ts';
import { createTokenizer } from '../../clip/index.ts';
import { type DataSet, openDataSet } from '../../data/index.ts';
import type { EngineTensor } from '../../engine/index.ts';
import { type AdamWState, initialState } from '../adamw.ts';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint.ts';
import { type ClipObjective, openClipObjective, type PairBatch } from '../clip-objective.ts';
import { weightShapes } from '../initialise.ts';
import { type StepReport, train } from '../loop.ts';
import { batchOf, epochOrder, keptApart } from '../order.ts';
import { optimizerOf, type Plan, planOf } from '../settings/plan.ts';
import type { Settings, StagedSettings } from '../settings/settings.ts';
import { imageFeatures } from './image-features.ts';
import { falseNegatives, labelTargets } from './label-targets.ts';
import { createLoader, type LoadedBatch, type Loader } from './loader.ts';
import { keptPatches } from './masked-patches.ts';
import { exists, keepAs, openRunFolder, type RunFolder } from './run-folder.ts';
import { type StartModel, startModel } from './start.ts';
import { type Validation, validate } from './validate.ts';

/** What a run tells while it goes on. */
export interface RunEvents {
  readonly onStep?: (step: StepEvent) => void | Promise<void>;
  readonly onValidation?: (validation: ValidationEvent) => void | Promise<void>;
  readonly onNotice?: (notice: Notice) => void;
  /** Preparations that take long, such as features of all pictures. */
  readonly onProgress?: OnProgress;
}

export interface StepEvent extends Omit<StepReport, 'outputs'> {
  readonly stage: number;
  readonly epoch: number;
  /** Pairs of the step, after what could not be read was left out. */
  readonly pairs: number;
  readonly imageToText: number;
  readonly textToImage: number;
  readonly distillation?: number;
  /** Pairs in the batch whose texts are equal, and the least loss that this allows. */
  readonly falseNegatives: number;
  readonly lossFloor: number;
  readonly pairsPerSecond: number;
  readonly secondsLeft: number;
  /** Bytes of memory in use. */
  readonly memory: number;
}

export interface ValidationEvent extends Validation {
  readonly stage: number;
  readonly epoch: number;
  readonly step: number;
  readonly best: boolean;
}

export type Notice =
  | { readonly kind: 'going-on'; readonly path: string; readonly stage: number; readonly step: number }
  | { readonly kind: 'broken'; readonly error: TuwenError }
  | { readonly kind: 'stopped-early'; readonly step: number };

/** Where a run stands, as its checkpoints say. */
interface Place {
  stage: number;
  best: number | undefined;
  /** Validations since the best one. */
  since: number;
}

export interface RunOptions extends RunEvents {
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly folder: string;
  readonly checkpoint: string;
  readonly steps: number;
}

/** Trains as the settings say, going on from the run's latest checkpoint where there is one. */
export async function runTraining({ stages }: StagedSettings, options: RunOptions = {}): Promise<RunResult> {
  const first = stages[0]!;
  const folder = await openRunFolder(first.logs, first.name);
  const model = await startModel(first, options.signal);
  await folder.note('settings.json', `${JSON.stringify(stages, null, 2)}\n`);
  const place: Place = { stage: 0, best: undefined, since: 0 };
  const resumed = first.resume ?? ((await exists(folder.latest)) ? folder.latest : undefined);
  let steps = 0;
  for (const [stage, settings] of stages.entries()) {
    const run = await openStage(stage, settings, model, folder, options);
    try {
      if (resumed !== undefined && stage === 0) await goOn(resumed, settings, run, place, options);
      if (stage < place.stage) continue;
      place.stage = stage;
      steps += await trainStage(run, place, options);
    } finally {
      await run.close();
    }
  }
  return { folder: folder.path, checkpoint: folder.latest, steps };
}

interface Stage {
  readonly index: number;
  readonly settings: Settings;
  readonly model: StartModel;
  readonly folder: RunFolder;
  readonly objective: ClipObjective;
  readonly state: AdamWState;
  readonly plan: Plan;
  readonly pairs: number;
  readonly batch: (step: number) => Promise<Prepared>;
  readonly validation: ((signal: AbortSignal | undefined) => Promise<Validation>) | undefined;
  close(): Promise<void>;
}

/** A batch with what is told of it. */
interface Prepared extends PairBatch {
  readonly texts: readonly string[];
}
