import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type OnProgress, openTemporaryFile } from '../../base/index.ts';
import type { FeatureTable } from '../features/index.ts';
import type { Id } from '../files/id.ts';
import { writeAnswers } from './answer-file.ts';
import { type Answer, type Direction, turned } from './answers.ts';
import { successOutput } from './official.ts';
import { type Prediction, predict } from './predict.ts';
import { chanceOf, type Recall, rankOf, recallOf } from './recall.ts';

/** How one direction of retrieval went. */
export interface DirectionResult {
  readonly direction: Direction;
  readonly queries: number;
  readonly candidates: number;
  readonly recall: Recall;
  /** What guessing would reach. */
  readonly chance: Recall;
  /** In the order of the answers: the rank of the first right one, Infinity beyond the predictions. */
  readonly ranks: readonly number[];
  readonly answers: readonly Answer[];
  readonly predictions: ReadonlyMap<Id, Prediction>;
}

export interface MeasureOptions {
  /** How many answers are written for a query. Default: 10. */
  readonly top?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Vectors of pictures and texts, and which belong together. */
export interface Measured {
  readonly images: FeatureTable;
  readonly texts: FeatureTable;
  /** For the texts. */
  readonly answers: readonly Answer[];
}

const DEPTH = 10;

/**
 * Both directions of retrieval, with the official files in `folder`: predictions, turned annotations and scores. Where no text
 * names a picture, as in test splits without answers, predictions are all there is: the list is empty.
 */
export async function measureRetrieval(
  { images, texts, answers }: Measured,
  folder: string,
  split: string,
  options: MeasureOptions = {},
): Promise<DirectionResult[]> {
  const { top = DEPTH, ...running } = options;
  const k = Math.max(top, DEPTH);
  await mkdir(folder, { recursive: true });
  const forTexts = await predict(texts, images, k, running);
  const forImages = await predict(images, texts, k, running);
  const file = (name: string) => join(folder, `${split}_${name}`);
  await writeAnswers(file('predictions.jsonl'), 't2i', cut(forTexts, top));
  await writeAnswers(file('tr_predictions.jsonl'), 'i2t', cut(forImages, top));
  const back = turned(answers);
  if (back.length === 0) return [];
  await writeAnswers(file('texts.tr.jsonl'), 'i2t', back);
  const t2i = result('t2i', answers, forTexts, images.ids.length);
  const i2t = result('i2t', back, forImages, texts.ids.length);
  await writeText(join(folder, 'output.json'), successOutput(t2i.recall));
  await writeText(join(folder, 'output_tr.json'), successOutput(i2t.recall));
  return [t2i, i2t];
}

async function writeText(path: string, text: string): Promise<void> {
  await using file = await openTemporaryFile(path);
  await file.append(text);
  await file.commit();
}

function* cut(predictions: readonly Prediction[], top: number) {
  for (const { query, answers } of predictions) yield { query, answers: answers.slice(0, top) };
}

function result(
  direction: Direction,
  answers: readonly Answer[],
  predictions: readonly Prediction[],
  candidates: number,
): DirectionResult {
  const byQuery = new Map(predictions.map((prediction) => [prediction.query, prediction]));
  const ranks = answers.map(({ query, answers: right }) =>
    rankOf(right, byQuery.get(query)?.answers.slice(0, DEPTH) ?? []),
  );
  return {
    direction,
    queries: answers.length,
    candidates,
    recall: recallOf(ranks),
    chance: chanceOf(answers, candidates),
    ranks,
    answers,
    predictions: byQuery,
  };
}
