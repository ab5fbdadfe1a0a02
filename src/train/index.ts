export { createRandom, type Random, type RandomState } from '../base/index.ts';
/** Training: losses, optimiser, schedule, the loop and its checkpoints. */
export {
  type AdamWOptions,
  type AdamWState,
  adamwStep,
  clipByGlobalNorm,
  decaysByName,
  initialState,
} from './adamw.ts';
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
export {
  type ClipObjective,
  type ClipObjectiveOptions,
  openClipObjective,
  type PairBatch,
} from './clip-objective.ts';
export { initialWeights, weightShapes } from './initialise.ts';
export { type InitialiseOptions, initialiseFrom } from './initialise-from.ts';
export { MAX_LOGIT_SCALE, type Minimised, type StepReport, type TrainOptions, train } from './loop.ts';
export { type ContrastiveInputs, contrastiveLoss, crossEntropy, unitRows } from './losses.ts';
export { type Objective, type ObjectiveOptions, openObjective, type WeightArrays } from './objective.ts';
export { writeReferenceCheckpoint } from './reference-checkpoint.ts';
export { type DataProblem, type DryRun, type DryRunOptions, dryRun, type StagePlan } from './run/dry-run.ts';
export type { Notice, RunEvents, StepEvent, ValidationEvent } from './run/events.ts';
export { jsonLine } from './run/json-line.ts';
export { type RunOptions, type RunResult, runTraining } from './run/run.ts';
export type { SampleQuery, Validation } from './run/validate.ts';
export { cosineSchedule } from './schedule.ts';
export {
  type GivenSettings,
  readSettings,
  resolveSettings,
  type Settings,
  type StagedSettings,
} from './settings/settings.ts';
export { GROUPS, SETTING_NAMES, SETTINGS, type SettingName } from './settings/table.ts';
export { commentedSettings } from './settings/write.ts';
