/** Whole evaluations of zero-shot classification. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fileError,
  type OnProgress,
  openTemporaryFile,
  progressMeter,
  TuwenError,
} from '../../base/index.ts';
import { type Clip, loadImage } from '../../clip/index.ts';
import { type KeptFeatures, keptFeatures } from '../features/kept.ts';
import { fileFault } from '../files/lines.ts';
import { modelFolder, setFolder } from '../folders.ts';
import { type ModelIdentity, modelIdentity } from '../model-identity.ts';
import { confusionCsv, confusionPicture } from '../report/confusion.ts';
import type { ModelSource } from '../retrieval/run.ts';
import { embedPictures } from '../sets/embed.ts';
import type { SetPicture } from '../sets/types.ts';
import { pairedDifference } from '../statistics/bootstrap.ts';
import { classifierOf, probabilitiesOf } from './classifier.ts';
import type { ClassSet, Sample } from './folder.ts';
import { classification } from './measure.ts';
import type { Confused, ZeroShotReport, ZeroShotRun } from './report.ts';
import { submission } from './submission.ts';

/** How many unreadable pictures an error lists. */
const LISTED = 20;

/** A set with the sentences for its labels. */
export interface ZeroShotTask {
  readonly set: ClassSet;
  readonly templates: readonly string[];
  /** The name in the submission, and of its file. */
  readonly dataset: string;
  /** Which sample each row of the submission is: ELEVATER's `index.json`. Default: their order. */
  readonly indexFile?: string;
}

export interface ZeroShotOptions {
  /** Where features, submissions and confusion matrices are kept. */
  readonly folder: string;
  readonly skipUnreadable?: boolean;
  readonly signal?: AbortSignal;
  /** In the units `label` and `image`. */
  readonly onProgress?: OnProgress;
  readonly onFailure?: (picture: SetPicture, error: TuwenError) => void;
  readonly onRun?: (set: ClassSet, model: ModelIdentity) => void;
}

/**
 * Evaluates models on class sets as `zeroshot_evaluation.py` does: class vectors from templates, softmax of 100 cosines,
 * pictures converted to RGB before they are resized and not turned by EXIF. Pictures' features of an earlier run are taken up.
 *
 * @throws TUWEN_EVALUATION_PICTURES_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID for a wrong index, TUWEN_CANCELLED
 */
export async function evaluateZeroShot(
  tasks: readonly ZeroShotTask[],
  models: readonly ModelSource[],
  options: ZeroShotOptions,
): Promise<ZeroShotReport> {
  const found: { run: ZeroShotRun; ranks: readonly number[] }[][] = tasks.map(() => []);
  for (const open of models) {
    const clip = await open();
    try {
      const model = await modelIdentity(clip.info, options.signal);
      for (const [i, task] of tasks.entries()) {
        options.onRun?.(task.set, model);
        found[i]!.push(await runModel(clip, model, i, task, options));
      }
    } finally {
      if (!options.signal?.aborted) await clip.close();
    }
  }
  return reportOf(tasks, found);
}

async function runModel(
  clip: Clip,
  model: ModelIdentity,
  place: number,
  task: ZeroShotTask,
  options: ZeroShotOptions,
) {
  const { set, templates } = task;
  const folder = join(options.folder, setFolder(set), modelFolder(model));
  const features = await embedSamples(clip, set, model, folder, options);
  const unreadable = features.failed.map(({ item, error }) => ({ source: item.source, code: error.code }));
  if (unreadable.length > 0 && !options.skipUnreadable) {
    const sources = unreadable.slice(0, LISTED).map(({ source }) => source);
    const value = { path: set.path, count: unreadable.length, sources };
    throw new TuwenError('TUWEN_EVALUATION_PICTURES_UNREADABLE', value, { cause: features.failed[0]!.error });
  }
  const meter = progressMeter('label', set.labels.length, options.onProgress);
  const classes = await classifierOf(clip, set.labels, templates, options.signal, (n) => meter.advance(n));
  const { rows, places } = features.table;
  const samples = set.samples.filter(({ id }) => places.has(id));
  const row = (sample: Sample) => probabilitiesOf(rows, places.get(sample.id)!, classes);
  const result = classification(samples, row, set.labels);
  const order = await orderOf(task, samples.length);
  const named = {
    modelName: `CN-CLIP-${model.name}`,
    dataset: task.dataset,
    parameters: clip.info.parameters,
    imageParameters: clip.info.imageParameters,
  };
  await writePieces(
    join(folder, `${task.dataset}.json`),
    submission(named, order, (i) => row(samples[i]!)),
  );
  await writeFile(join(folder, 'confusion.csv'), confusionCsv(set.labels, result.confusion));
  await writeFile(join(folder, 'confusion.png'), await confusionPicture(set.labels, result.confusion));
  const { accuracy, chance } = result;
  const confused = confusedPairs(set.labels, result.confusion);
  const run = {
    set: place,
    model,
    folder,
    accuracy,
    chance,
    classes: result.classes,
    confused,
    unreadable,
  };
  return { run, ranks: result.ranks };
}

async function embedSamples(
  clip: Clip,
  set: ClassSet,
  model: ModelIdentity,
  folder: string,
  { signal, onProgress, onFailure }: ZeroShotOptions,
): Promise<KeptFeatures<SetPicture>> {
  const meter = progressMeter('image', set.samples.length, onProgress);
  const listed = set.files.at(-1)!.sha256;
  return keptFeatures<SetPicture>({
    path: join(folder, `${set.split || 'all'}_imgs.img_feat.jsonl`),
    kind: 'image',
    identity: { dim: model.dim, model, files: [listed] },
    async *items() {
      for (const { id, path } of set.samples) {
        yield { id, source: path, input: () => loadImage(path, { orient: false }) };
      }
    },
    embed: (items) => embedPictures(clip, items, signal ? { signal } : {}),
    onItem: () => meter.advance(),
    ...(signal && { signal }),
    ...(onFailure && { onFailure }),
  });
}

function confusedPairs(labels: readonly string[], confusion: readonly (readonly number[])[]): Confused[] {
  const pairs = confusion.flatMap((row, right) =>
    row.flatMap((count, named) => {
      return named === right || count === 0 ? [] : { label: labels[right]!, takenFor: labels[named]!, count };
    }),
  );
  return pairs.sort((a, b) => b.count - a.count);
}

/** The samples in the order of the submission. */
async function orderOf({ indexFile }: ZeroShotTask, count: number): Promise<number[]> {
  if (indexFile === undefined) return Array.from({ length: count }, (_, i) => i);
  const text = await readFile(indexFile, 'utf8').catch((cause) => {
    throw fileError(indexFile, cause);
  });
  const wrong = (got: unknown) => fileFault(indexFile, { fault: 'bad-index', got });
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw wrong(text.slice(0, 80));
  }
  if (!Array.isArray(list)) throw wrong(list);
  const bad = list.find((place) => !Number.isInteger(place) || place < 0 || place >= count);
  if (bad !== undefined) throw wrong(bad);
  return list as number[];
}

async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  await using file = await openTemporaryFile(path);
  for (const piece of pieces) await file.append(piece);
  await file.commit();
}

function reportOf(
  tasks: readonly ZeroShotTask[],
  found: readonly (readonly { run: ZeroShotRun; ranks: readonly number[] }[])[],
): ZeroShotReport {
  const sets = tasks.map(({ set, templates }) => ({
    name: set.name,
    path: set.path,
    split: set.split,
    classes: set.labels.length,
    pictures: set.samples.length,
    templates: templates.length,
    files: set.files,
  }));
  const hits = (ranks: readonly number[]) => ranks.map((rank) => (rank === 1 ? 100 : 0));
  let first = 0;
  const comparisons = found.flatMap((own) => {
    const from = first;
    first += own.length;
    return own.slice(1).map(({ ranks }, i) => {
      return { from, to: from + i + 1, top1: pairedDifference(hits(own[0]!.ranks), hits(ranks)) };
    });
  });
  return { kind: 'zero-shot', sets, runs: found.flat().map(({ run }) => run), comparisons };
}
