/** Whole evaluations: sets and models to a report. */
import { join } from 'node:path';
import { type OnProgress, TuwenError, throwIfAborted } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import type { FeatureTable } from '../features/index.ts';
import { modelFolder, setFolder } from '../folders.ts';
import { type ModelIdentity, modelIdentity } from '../model-identity.ts';
import {
  type Annotations,
  checkAnswers,
  checkFeatures,
  checkFields,
  fieldsOf,
  readAnnotations,
} from '../sets/annotations.ts';
import { embedSet } from '../sets/embed.ts';
import type { RetrievalSet, SetPicture } from '../sets/types.ts';
import { compared } from './compare.ts';
import { examplesOf } from './examples.ts';
import { grouped } from './groups.ts';
import { type DirectionResult, measureRetrieval } from './measure.ts';
import type { ComparisonReport, DirectionReport, RetrievalReport, RunReport, SetReport } from './report.ts';

/** How many unreadable pictures an error lists. */
const LISTED = 20;

export interface RetrievalOptions {
  /** Where features, predictions and scores are kept. */
  readonly folder: string;
  /** Fields by which figures are grouped. */
  readonly groupBy?: readonly string[];
  /** How many answers are written for a query. Default: 10. */
  readonly top?: number;
  /** How many queries of each kind to show as examples. Default: 12. */
  readonly examples?: number;
  /** Evaluate without pictures that cannot be read, instead of stopping when all others are done. */
  readonly skipUnreadable?: boolean;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** In the units `text`, `image` and `pair`. */
  readonly onProgress?: OnProgress;
  /** Called for each picture that cannot be read. */
  readonly onFailure?: (picture: SetPicture, error: TuwenError) => void;
  /** Called before a model is run on a set. */
  readonly onRun?: (set: RetrievalSet, model: ModelIdentity) => void;
}

/** Opens a model when its turn comes; it is closed before the next one. */
export type ModelSource = () => Promise<Clip>;

/** Vectors that are there already. */
export interface GivenFeatures {
  readonly images: FeatureTable;
  readonly texts: FeatureTable;
  readonly model: ModelIdentity;
}

/** A set with its annotations and how each model did on it. */
interface SetRuns {
  readonly set: RetrievalSet;
  readonly annotations: Annotations;
  readonly runs: { readonly report: RunReport; readonly results: readonly DirectionResult[] }[];
}

/**
 * Evaluates models on sets, one after another. What was computed by an earlier run of the same model on the same files is
 * taken up.
 *
 * @throws TUWEN_EVALUATION_PICTURES_UNREADABLE, TUWEN_EVALUATION_FILE_INVALID, TUWEN_CANCELLED, and what reading and
 *   running throw
 */
export async function evaluateRetrieval(
  sets: readonly RetrievalSet[],
  models: readonly ModelSource[],
  options: RetrievalOptions,
): Promise<RetrievalReport> {
  const all: SetRuns[] = [];
  for (const set of sets) all.push({ set, annotations: await readAnnotations(set), runs: [] });
  checkFields(
    all.map(({ annotations }) => annotations),
    options.groupBy ?? [],
  );
  for (const open of models) {
    const clip = await open();
    try {
      const model = await modelIdentity(clip.info, options.signal);
      for (const [i, { set, annotations, runs }] of all.entries()) {
        throwIfAborted('run', options.signal, set.path);
        options.onRun?.(set, model);
        runs.push(await runModel(clip, model, i, set, annotations, options));
      }
    } finally {
      if (!options.signal?.aborted) await clip.close();
    }
  }
  return reportOf(all);
}

/** Evaluates given vectors on a set, whose pictures need not be there. */
export async function evaluateFeatures(
  set: RetrievalSet,
  { images, texts, model }: GivenFeatures,
  options: RetrievalOptions,
): Promise<RetrievalReport> {
  const annotations = await readAnnotations(set);
  checkFields([annotations], options.groupBy ?? []);
  checkAnswers(annotations, images.places);
  const run = await measured(0, set, annotations, { images, texts, model }, options, options.folder);
  return reportOf([{ set, annotations, runs: [run] }]);
}

async function runModel(
  clip: Clip,
  model: ModelIdentity,
  place: number,
  set: RetrievalSet,
  annotations: Annotations,
  options: RetrievalOptions,
) {
  const folder = join(options.folder, setFolder(set), modelFolder(model));
  const { pictures, texts } = await embedSet(clip, set, annotations.texts, model, folder, options);
  const unreadable = pictures.failed.map(({ item, error }) => ({ source: item.source, code: error.code }));
  if (unreadable.length > 0 && !options.skipUnreadable) {
    const sources = unreadable.slice(0, LISTED).map(({ source }) => source);
    const value = { path: set.path, count: unreadable.length, sources };
    throw new TuwenError('TUWEN_EVALUATION_PICTURES_UNREADABLE', value, { cause: pictures.failed[0]!.error });
  }
  const known = new Set([...pictures.table.ids, ...pictures.failed.map(({ item }) => item.id)]);
  checkAnswers(annotations, known);
  const features = { images: pictures.table, texts: texts.table, model };
  return measured(place, set, annotations, features, options, folder, unreadable);
}

async function measured(
  place: number,
  set: RetrievalSet,
  annotations: Annotations,
  { images, texts, model }: GivenFeatures,
  options: RetrievalOptions,
  folder: string,
  unreadable: RunReport['unreadable'] = [],
) {
  const { answers } = annotations;
  checkFeatures(annotations, texts);
  const fields = fieldsOf(annotations);
  const groupBy = (options.groupBy ?? []).filter((field) => fields.has(field));
  const results = await measureRetrieval({ images, texts, answers }, folder, set.split, options);
  const directions = results.map((result): DirectionReport => {
    const { direction, queries, candidates, recall, chance } = result;
    const [asking, answering] = direction === 't2i' ? [texts, images] : [images, texts];
    return {
      direction,
      queries,
      candidates,
      recall,
      chance,
      groupings: groupBy.map((field) => grouped(result, annotations.texts, field)),
      examples: examplesOf(result, asking, answering, options.examples ?? 12),
    };
  });
  const report = { set: place, model, folder, pictures: images.ids.length, directions, unreadable };
  return { report, results };
}

function reportOf(all: readonly SetRuns[]): RetrievalReport {
  const runs: RunReport[] = [];
  const comparisons: ComparisonReport[] = [];
  for (const { runs: own } of all) {
    const first = runs.length;
    own.forEach(({ report, results }, i) => {
      runs.push(report);
      if (i === 0) return;
      results.forEach((result, way) => {
        const difference = compared(own[0]!.results[way]!, result);
        comparisons.push({ from: first, to: first + i, direction: result.direction, difference });
      });
    });
  }
  return { kind: 'retrieval', sets: all.map(setReport), runs, comparisons };
}

function setReport({ set, annotations, runs }: SetRuns): SetReport {
  const { name, path, split, files } = set;
  const { texts, answers } = annotations;
  return {
    name,
    path,
    split,
    texts: texts.length,
    pictures: runs[0]?.report.pictures ?? 0,
    pairs: answers.reduce((sum, { answers: right }) => sum + right.length, 0),
    files,
  };
}
