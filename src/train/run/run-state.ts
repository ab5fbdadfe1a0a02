/** Where a run stands, as its checkpoints say, and how it goes on from them. */
import { resolve } from 'node:path';
import { isTuwenError } from '../../base/index.ts';
import type { HashedFile } from '../../data/index.ts';
import { isTorchFile } from '../../weights/index.ts';
import { readCheckpointState } from '../checkpoint.ts';
import { readReferenceStep } from '../reference-checkpoint.ts';
import type { Settings } from '../settings/settings.ts';
import type { Notice } from './events.ts';
import { exists, keepAs, type RunFolder } from './run-folder.ts';

/** What a checkpoint was made with. */
export interface RunRecord {
  readonly version: string;
  readonly settings: Settings;
  readonly data: readonly HashedFile[];
}

export interface RunState {
  /** Which stage, from 0. */
  stage: number;
  /** How many of the optimiser's steps do not count as steps of the stage. */
  offset: number;
  /** The best validation's mean recall, in percent. */
  best?: number;
  /** Validations since the best one. */
  since: number;
  /** Set where a validation was called off: what comes after this step of the stage is still to be done. */
  pending?: number;
  /** The checkpoint that the run was told to go on from. */
  readonly from?: string;
  record?: RunRecord;
}

/** The checkpoint that a run goes on from. */
export interface GoingOn {
  readonly path: string;
  /** The optimiser's steps. */
  readonly step: number;
  readonly state: RunState;
  readonly takesOptimizer: boolean;
  /** Whether the reference's trainer wrote it. */
  readonly isReference: boolean;
}

/**
 * The run's own newest checkpoint that is whole, unless `resume` names another one than it went on from; then that one.
 *
 * @throws TUWEN_NOT_A_CHECKPOINT, TUWEN_FILE_MISSING
 */
export async function goingOnFrom(
  folder: RunFolder,
  settings: Settings,
  onNotice: (notice: Notice) => void,
): Promise<GoingOn | undefined> {
  const from = settings.resume === undefined ? undefined : resolve(settings.resume);
  const own = await newest(folder, onNotice);
  if (own && (from === undefined || own.state.from === from)) return own;
  if (from === undefined) return undefined;
  const isReference = await isTorchFile(from);
  const { step, data } = await (isReference ? referenceState(from) : readCheckpointState<RunState>(from));
  const { 'reset-optimizer': resetOptimizer, 'reset-data-offset': resetData } = settings;
  const { best, pending: _, ...given } = data;
  const kept = resetData ? { stage: 0, since: 0 } : { ...given, ...(best === undefined ? {} : { best }) };
  const made = resetOptimizer ? 0 : step;
  const stageStep = resetData ? 0 : step - data.offset;
  const state = { ...kept, from, offset: made - stageStep };
  return { path: from, step: made, state, takesOptimizer: !resetOptimizer, isReference };
}

/** Where the reference's trainer was: it knows one stage. */
async function referenceState(path: string): Promise<{ step: number; data: RunState }> {
  return { step: await readReferenceStep(path), data: { stage: 0, offset: 0, since: 0 } };
}

async function newest(folder: RunFolder, onNotice: (notice: Notice) => void): Promise<GoingOn | undefined> {
  for (const path of [folder.latest, folder.previous]) {
    if (!(await exists(path))) continue;
    try {
      const { step, data } = await readCheckpointState<RunState>(path);
      if (path === folder.previous) await keepAs(path, folder.latest);
      return { path, step, state: data, takesOptimizer: true, isReference: false };
    } catch (error) {
      if (!isTuwenError(error, 'TUWEN_NOT_A_CHECKPOINT')) throw error;
      onNotice({ kind: 'not-whole', path });
    }
  }
  return undefined;
}

/** Where a run goes on without changing what comes of it. */
const HARMLESS: ReadonlySet<string> = new Set([
  'resume',
  'reset-optimizer',
  'reset-data-offset',
  'log-interval',
  'tensorboard',
  'save-epoch-frequency',
  'save-step-frequency',
  'logs',
  'name',
]);

/** The settings, and the data files, that differ between two records. */
export function changesBetween(before: RunRecord, now: RunRecord): string[] {
  const names = Object.keys({ ...before.settings, ...now.settings }) as (keyof Settings)[];
  const settings = names.filter(
    (name) => !HARMLESS.has(name) && before.settings[name] !== now.settings[name],
  );
  const known = new Set(before.data.map(({ sha256 }) => sha256));
  return [...settings, ...now.data.filter(({ sha256 }) => !known.has(sha256)).map(({ path }) => path)];
}
