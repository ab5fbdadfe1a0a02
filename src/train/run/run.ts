/** A training run from its settings: one stage or several, watched, saved, and gone on with. */
import { join } from 'node:path';
import { acquireLock, isTuwenError, TuwenError, version } from '../../base/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint.ts';
import { type StepReport, train } from '../loop.ts';
import { loadReferenceMoments } from '../reference-checkpoint.ts';
import type { StagedSettings } from '../settings/settings.ts';
import { baseOfAdapters, requireSameAdapters, saveAdapters } from './adapters.ts';
import { type Prepared, preparedAhead } from './batches.ts';
import { createEventFile, type EventFile } from './event-file.ts';
import type { RunEvents } from './events.ts';
import { accuracies } from './in-batch.ts';
import { falseNegatives } from './label-targets.ts';
import { exists, keepAs, openRunFolder, type RunFolder } from './run-folder.ts';
import { changesBetween, type GoingOn, goingOnFrom, type RunState } from './run-state.ts';
import { stepScalars, validationScalars } from './scalars.ts';
import { openStage, type Stage } from './stage.ts';
import { type StartModel, startModel, stored } from './start.ts';
import { type StepClock, stepClock } from './step-clock.ts';

export interface RunOptions extends RunEvents {
  /** Threads of the engine. Default: one for each processor. A trajectory is repeated bit for bit by as many threads. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** The folder of the run. */
  readonly folder: string;
  /** Its newest checkpoint. */
  readonly checkpoint: string;
  /** Steps that this call made. */
  readonly steps: number;
}

/**
 * Trains as the settings say, going on from the run's own latest checkpoint where there is one. Called off, it saves a
 * checkpoint and throws TUWEN_CANCELLED.
 *
 * @throws TUWEN_LOCKED where another process trains this run; TUWEN_TRAINING_DIVERGED; TUWEN_SETTING_INVALID;
 *   TUWEN_FILE_UNWRITABLE, with all earlier checkpoints as they were; and what reading models and data throws
 */
export async function runTraining({ stages }: StagedSettings, options: RunOptions = {}): Promise<RunResult> {
  const first = stages[0]!;
  const folder = await openRunFolder(first.logs, first.name);
  await using _lock = await acquireLock(join(folder.path, 'lock'));
  const onNotice = options.onNotice ?? (() => {});
  const from = await goingOnFrom(folder, first, onNotice);
  const model = await (from ? stored(from.path, options.signal) : startModel(first, options.signal));
  await folder.note('settings.json', `${JSON.stringify(stages, null, 2)}\n`);
  const state: RunState = from ? { ...from.state } : { stage: 0, offset: 0, since: 0 };
  let steps = 0;
  for (let index = state.stage; index < stages.length; index++) {
    if (index > state.stage) Object.assign(state, { stage: index, offset: 0, since: 0 });
    const settings = stages[index]!;
    const stage = await openStage({ ...options, index, settings, model, folder });
    try {
      if (from && index === from.state.stage) await takeOver(from, stage, model, state, onNotice);
      const part = stages.length > 1 ? `stage${index + 1}` : '';
      const events = createEventFile(join(folder.path, 'tensorboard', part));
      const prefix = part === '' ? '' : `${part}_`;
      const adapterBase = stage.adapters && (await baseOfAdapters(stage, model, folder, state));
      const stageRun = { stage, model, folder, state, prefix, adapterBase, options };
      // A run that was ended between a checkpoint and its adapters left none, or older ones.
      if (from && index === from.state.stage) await saveAdaptersOf(stageRun);
      steps += await trainStage({ ...stageRun, ...(settings.tensorboard ? { events } : {}) });
    } finally {
      await stage.close();
    }
  }
  return { folder: folder.path, checkpoint: folder.latest, steps };
}

/** Moments and steps of the checkpoint that is gone on from. */
async function takeOver(
  { path, step, isReference, takesOptimizer }: GoingOn,
  stage: Stage,
  { weights }: StartModel,
  state: RunState,
  onNotice: NonNullable<RunEvents['onNotice']>,
): Promise<void> {
  const { shapes, state: optimizer } = stage;
  if (takesOptimizer) requireSameAdapters(state.record?.settings, stage.settings);
  if (takesOptimizer && isReference) await loadReferenceMoments(path, { shapes, optimizer });
  else if (takesOptimizer) await loadCheckpoint(path, { weights, shapes, optimizer });
  // The reference counts steps of the run and of its optimizer apart.
  if (takesOptimizer) state.offset += optimizer.step - step;
  onNotice({ kind: 'going-on', path, stage: stage.index, step: stage.state.step - state.offset });
  const names = state.record ? changesBetween(state.record, recordOf(stage)) : [];
  if (names.length > 0) onNotice({ kind: 'changed', names });
}

const recordOf = ({ settings, files }: Stage) => ({ version: version(), settings, data: files });

interface StageRun {
  readonly stage: Stage;
  readonly model: StartModel;
  readonly folder: RunFolder;
  readonly state: RunState;
  /** Of the names of checkpoints that are kept. */
  readonly prefix: string;
  /** The model that the stage's adapters belong to. */
  readonly adapterBase: string | undefined;
  readonly events?: EventFile;
  readonly options: RunOptions;
}

/** Trains a stage to its end; returns how many steps were made now. */
async function trainStage(run: StageRun): Promise<number> {
  const { stage, model, folder, state, prefix, options } = run;
  const { plan, settings, optimizer } = stage;
  const { offset } = state;
  const before = stage.state.step;
  const batch = preparedAhead(stage.batch, plan.steps);
  const clock = stepClock();
  const saved = { step: -1 };
  const save = async () => {
    if (saved.step !== stage.state.step) await saveLatest(run);
    saved.step = stage.state.step;
  };
  let current: Prepared | undefined;
  let broken = 0;
  let stopped = false;
  const afterStep = async (made: number) => {
    const best = await validated(run, made, save);
    const names = keptNames(stage, made).map((name) => prefix + name);
    if (best) names.push('best');
    if (names.length > 0 || made % plan.stepsPerEpoch === 0) await save();
    for (const name of names) {
      await keepAs(folder.latest, folder.kept(name));
      await saveAdaptersOf(run, name);
    }
    stopped = state.since >= (settings['early-stopping'] ?? Number.POSITIVE_INFINITY);
    if (stopped) options.onNotice?.({ kind: 'stopped-early', step: made });
  };
  if (state.pending !== undefined) await afterStep(state.pending);
  try {
    await train<Prepared>({
      objective: stage.objective,
      weights: model.weights,
      optimizer,
      state: stage.state,
      steps: plan.steps + offset,
      learningRate: (step) => plan.learningRate(step - offset),
      ...(settings['clip-grad-norm'] === undefined ? {} : { clipNorm: settings['clip-grad-norm'] }),
      batch: async (step) => {
        current = await batch(step - offset);
        for (const error of current.broken) options.onNotice?.({ kind: 'broken', error });
        broken += current.broken.length;
        return current;
      },
      onStep: async (report) => {
        const made = report.step + 1 - offset;
        await tellStep(run, report, current!, broken, clock);
        await afterStep(made);
        clock.restart();
      },
      checkpoint: { every: Number.POSITIVE_INFINITY, save },
      stop: () => stopped,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    throw current && isTuwenError(error, 'TUWEN_TRAINING_DIVERGED')
      ? await withReport(error, run, current)
      : error;
  }
  return stage.state.step - before;
}

/** Tells of a step, and logs it now and then. */
async function tellStep(
  { stage, folder, state, events, options }: StageRun,
  { outputs, ...report }: StepReport,
  { found }: Prepared,
  broken: number,
  clock: StepClock,
): Promise<void> {
  const { plan, settings } = stage;
  const step = report.step - state.offset;
  const { pairsPerSecond, secondsPerStep } = clock.lap(found.length);
  const repeated = falseNegatives(found.map(({ text }) => text));
  const event = {
    ...report,
    step,
    steps: plan.steps,
    stage: stage.index,
    epoch: Math.floor(step / plan.stepsPerEpoch),
    pairs: found.length,
    ...accuracies({ data: outputs.logits!.data as Float32Array, rows: found.length }),
    ...(outputs.allTexts ? { allTextsLoss: outputs.allTexts.data[0] as number } : {}),
    ...(outputs.distillation ? { distillation: outputs.distillation.data[0] as number } : {}),
    falseNegatives: repeated.count,
    lossFloor: repeated.lossFloor,
    broken,
    pairsPerSecond,
    secondsLeft: (plan.steps - step - 1) * secondsPerStep,
    memory: process.memoryUsage.rss(),
  };
  await options.onStep?.(event);
  const isLast = step + 1 === plan.steps;
  if ((step + 1) % settings['log-interval'] === 0 || isLast) {
    await folder.log({ kind: 'step', ...event });
    await events?.scalars(step + 1, stepScalars(event));
  }
}

function validationIsDue({ validate, plan, settings }: Stage, made: number): boolean {
  if (!validate) return false;
  const { 'valid-step-interval': steps, 'valid-epoch-interval': epochs } = settings;
  return (
    made === plan.steps ||
    (steps !== undefined && made % steps === 0) ||
    made % (epochs * plan.stepsPerEpoch) === 0
  );
}

/** Validates where that is due; called off, it is left for the next run. Returns whether no validation before was better. */
async function validated(run: StageRun, made: number, save: () => Promise<void>): Promise<boolean> {
  const { stage, state } = run;
  delete state.pending;
  if (!validationIsDue(stage, made)) return false;
  try {
    return await tellValidation(run, made);
  } catch (error) {
    if (!isTuwenError(error, 'TUWEN_CANCELLED')) throw error;
    state.pending = made;
    await save();
    throw error;
  }
}

/** Validates; returns whether no validation before was better. */
async function tellValidation(
  { stage, folder, state, events, options }: StageRun,
  made: number,
): Promise<boolean> {
  const found = await stage.validate!();
  const recall = (found.textRecall.mr + found.imageRecall.mr) / 2;
  const best = state.best === undefined || recall > state.best;
  if (best) Object.assign(state, { best: recall, since: 0 });
  else state.since += 1;
  const epoch = Math.floor((made - 1) / stage.plan.stepsPerEpoch);
  const event = { stage: stage.index, epoch, step: made, best, ...found };
  await folder.log({ kind: 'validation', ...event });
  await events?.scalars(made, validationScalars(event));
  await options.onValidation?.(event);
  return best;
}

/** The names under which the checkpoint after so many steps is kept, as the reference's trainer has them. */
function keptNames({ plan, settings }: Stage, made: number): string[] {
  const { 'save-epoch-frequency': epochs, 'save-step-frequency': steps } = settings;
  const epoch = Math.ceil(made / plan.stepsPerEpoch);
  const ends = made === plan.steps || made % (epochs * plan.stepsPerEpoch) === 0;
  const isStep = steps !== undefined && made % steps === 0;
  return [...(ends ? [`epoch${epoch}`] : []), ...(isStep ? [`epoch_${epoch}_${made}`] : [])];
}

/** Writes the newest checkpoint; the one before is kept beside it. */
async function saveLatest(run: StageRun): Promise<void> {
  const { stage, model, folder, state } = run;
  const { config, weights, vocabulary } = model;
  if (await exists(folder.latest)) await keepAs(folder.latest, folder.previous);
  await saveCheckpoint(folder.latest, {
    weights,
    shapes: stage.shapes,
    optimizer: stage.state,
    data: { ...state, record: recordOf(stage) },
    notes: notesOf(stage, state),
    model: { config, vocabulary },
  });
  await saveAdaptersOf(run);
}

/** Writes the adapters as they are, where there are any: as the newest, or beside a checkpoint that is kept. */
async function saveAdaptersOf({ stage, model, folder, adapterBase }: StageRun, kept?: string): Promise<void> {
  if (!stage.adapters || adapterBase === undefined) return;
  await saveAdapters(folder.adapter(kept), stage.adapters, model.config, model.weights, adapterBase);
}

/** What the reference's trainer notes beside a model. */
function notesOf({ state: { step }, plan, settings }: Stage, { offset }: RunState) {
  const made = step - offset;
  return { epoch: Math.floor(made / plan.stepsPerEpoch), step: made, name: settings.name };
}

/** The error of a run that diverged, with a file that says what was in the batch. */
async function withReport(
  { value }: TuwenError<'TUWEN_TRAINING_DIVERGED'>,
  { stage, folder, state }: StageRun,
  { found }: Prepared,
): Promise<TuwenError> {
  const step = value.step - state.offset;
  const name = `diverged-${stage.index + 1}-${step}.json`;
  const pairs = found.map(({ imageId, textId, text }) => ({
    image_id: plain(imageId),
    text_id: plain(textId),
    text,
  }));
  await folder.note(
    name,
    `${JSON.stringify({ stage: stage.index, step, loss: String(value.loss), pairs }, null, 1)}\n`,
  );
  return new TuwenError('TUWEN_TRAINING_DIVERGED', { ...value, step, report: join(folder.path, name) });
}

function plain(id: number | bigint | string): number | string {
  return typeof id === 'bigint' ? String(id) : id;
}
