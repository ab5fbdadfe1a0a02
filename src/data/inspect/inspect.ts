import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OnProgress, progressMeter, throwIfAborted } from '../../base/index.ts';
import { createTokenizer, resolveModel, type Tokenizer } from '../../clip/index.ts';
import { openDataSet, splitsOf } from '../open.ts';
import type { Form } from '../types.ts';
import { Findings } from './findings.ts';
import { inspectPictures } from './pictures.ts';
import type { Inspection, SplitInspection } from './report.ts';
import { inspectTexts } from './texts.ts';

export interface InspectOptions {
  readonly form?: Form;
  /** Left out: all of them. */
  readonly splits?: readonly string[];
  /** Decode this many pictures, drawn at random; left out, all of them. */
  readonly sample?: number;
  /** The batch for which false negatives are told (1024). */
  readonly batch?: number;
  /** Beyond which texts are cut (52). */
  readonly contextLength?: number;
  /** Left out: that of Chinese-CLIP. */
  readonly tokenizer?: Tokenizer;
  /** How many records are shown (3), and how many findings of a kind (10). */
  readonly preview?: number;
  readonly shown?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Reads a data set whole and tells what it holds and what is wrong with it: broken pictures, missing and repeated ids,
 * lines that are not what they should be, repeated and overlong texts. Only what makes reading on impossible is thrown
 * as an error: no data set there, or a split that is not.
 *
 * @throws as `openDataSet`; TUWEN_CANCELLED
 */
export async function inspectDataSet(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const found = await splitsOf(path, options.form);
  const form = found[0]!.form;
  const tokenizer = options.tokenizer ?? (await chineseTokenizer());
  const splits: SplitInspection[] = [];
  for (const split of options.splits ?? found.map((each) => each.split)) {
    splits.push(await inspectSplit(path, form, split, { ...options, tokenizer }));
  }
  return { path, form, splits };
}

/** All published models have the vocabulary of the one that comes along. */
async function chineseTokenizer(): Promise<Tokenizer> {
  const { path } = await resolveModel('mini');
  return createTokenizer(await readFile(join(path, 'vocab.txt'), 'utf8'));
}

async function inspectSplit(
  path: string,
  form: Form,
  split: string,
  options: InspectOptions & { readonly tokenizer: Tokenizer },
): Promise<SplitInspection> {
  const { sample, batch = 1024, contextLength = 52, tokenizer, preview = 3, shown = 10, signal } = options;
  const findings = new Findings(shown);
  await using set = await openDataSet(path, { split, form });
  try {
    const ofPictures = progressMeter('image', undefined, options.onProgress);
    const onPicture = () => ofPictures.advance();
    const { ids, pictures } = await inspectPictures(set, findings, { sample, preview, signal, onPicture });
    const ofTexts = progressMeter('text', undefined, options.onProgress);
    const onText = () => ofTexts.advance();
    const common = { batch, contextLength, tokenizer, preview, shown, signal, onText };
    const { texts, pairs, withoutTexts } = await inspectTexts(set, ids, findings, common);
    const files = await set.hashes();
    return { split, pictures: { ...pictures, withoutTexts }, texts, pairs, findings: findings.list(), files };
  } catch (error) {
    throwIfAborted('run', signal, path);
    throw error;
  }
}
