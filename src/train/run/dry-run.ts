/** What a run would do, and what is wrong with its data, found out before hours are spent. */
import { isTuwenError, type OnProgress, progressMeter, throwIfAborted } from '../../base/index.ts';
import { decodeImage } from '../../clip/index.ts';
import { cleanCaption, type DataSet, idKey, openDataSet, type Picture } from '../../data/index.ts';
import { optimizerOf, type Plan, planOf } from '../settings/plan.ts';
import type { Settings, StagedSettings } from '../settings/settings.ts';
import { memoryOf } from './memory.ts';
import { startModel } from './start.ts';

export interface DataProblem {
  readonly kind: 'missing-picture' | 'empty-caption' | 'unreadable-picture';
  readonly path: string;
  /** From 1, where the form has lines. */
  readonly line?: number;
  /** The id of the picture or of the text, and for a picture that cannot be read why. */
  readonly about: string;
}

export interface StagePlan extends Omit<Plan, 'learningRate'> {
  readonly pairs: number;
  readonly learningRate: number;
  /** A rough estimate of the memory it takes, in bytes. */
  readonly memory: number;
}

export interface DryRun {
  readonly stages: readonly StagePlan[];
  /** The first thousand of them. */
  readonly problems: readonly DataProblem[];
  readonly problemCount: number;
}

const MOST_PROBLEMS = 1000;
const AT_ONCE = 8;

export interface DryRunOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Reads all data of a run, decodes every picture, and plans the stages; trains and writes nothing. Files that are not what
 * they should be as a whole throw what reading them throws.
 */
export async function dryRun({ stages }: StagedSettings, options: DryRunOptions = {}): Promise<DryRun> {
  const { config } = await startModel(stages[0]!, options.signal);
  const problems: DataProblem[] = [];
  const counted = { problems: 0 };
  const found = (problem: DataProblem) => {
    counted.problems += 1;
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const known = new Map<string, number>();
  const pairsOf = async (path: string, split: string) => {
    const key = JSON.stringify([path, split]);
    const before = known.get(key);
    if (before !== undefined) return before;
    await using data = await openDataSet(path, { split });
    await checkData(data, found, options);
    const { pairs } = await data.counts();
    known.set(key, pairs);
    return pairs;
  };
  const plans: StagePlan[] = [];
  for (const settings of stages) {
    const pairs = await pairsOf(settings['train-data'], settings['train-split']);
    if (settings['val-data'] !== undefined) await pairsOf(settings['val-data'], settings['val-split']);
    plans.push(planned(settings, config, pairs));
  }
  return { stages: plans, problems, problemCount: counted.problems };
}

function planned(settings: Settings, config: Parameters<typeof memoryOf>[1], pairs: number): StagePlan {
  const { rate } = optimizerOf(settings, config);
  const { learningRate: _, ...plan } = planOf(settings, pairs, rate);
  return { ...plan, pairs, learningRate: rate, memory: memoryOf(settings, config) };
}

async function checkData(
  data: DataSet,
  found: (problem: DataProblem) => void,
  { onProgress, signal }: DryRunOptions,
): Promise<void> {
  const { pictures } = await data.counts();
  const meter = progressMeter('image', pictures, onProgress);
  const ids = new Set<string>();
  let batch: Picture[] = [];
  const checkBatch = async () => {
    throwIfAborted('training', signal);
    const results = await Promise.all(batch.map(unreadable));
    for (const problem of results) if (problem) found(problem);
    meter.advance(batch.length);
    batch = [];
  };
  for await (const picture of data.pictures()) {
    ids.add(idKey(picture.id));
    batch.push(picture);
    if (batch.length === AT_ONCE) await checkBatch();
  }
  await checkBatch();
  for await (const { id, text, imageIds, path, line } of data.texts()) {
    throwIfAborted('training', signal);
    const at = { path, ...(line === undefined ? {} : { line }) };
    if (cleanCaption(text).trim() === '') found({ kind: 'empty-caption', ...at, about: String(id) });
    for (const imageId of imageIds) {
      if (!ids.has(idKey(imageId))) found({ kind: 'missing-picture', ...at, about: String(imageId) });
    }
  }
}

async function unreadable({ id, path, line, bytes }: Picture): Promise<DataProblem | undefined> {
  try {
    await decodeImage(await bytes(), { orient: false });
    return undefined;
  } catch (error) {
    if (!isTuwenError(error)) throw error;
    const at = { path, ...(line === undefined ? {} : { line }) };
    return { kind: 'unreadable-picture', ...at, about: `${id}: ${error.message}` };
  }
}
