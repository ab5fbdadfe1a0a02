/** cn_clip's layout: one file with cn_clip's names; the configuration beside it or told from the shapes. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TuwenError } from '../../base/index.ts';
import { type ReadOptions, readWeights, type WeightsHeader } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { stateEntries } from '../parameters.ts';
import { checkTensors, expectedOf } from './check-tensors.ts';
import { byCnClipNames } from './cn-names.ts';
import { configBeside } from './configs-beside.ts';
import { inferConfig } from './infer-config.ts';
import { readVocabulary, type StoredModel } from './layout.ts';

/** How many words Google's Chinese BERT vocabulary has, the one of every published Chinese-CLIP. */
const CHINESE_BERT_WORDS = 21_128;

/** The same vocabulary, in the shipped model. */
const CHINESE_BERT_VOCABULARY = new URL('../../../models/mini/model/vocab.txt', import.meta.url);

/**
 * Reads one file of cn_clip's, given its header. Everything is held against the configuration before the tensors are
 * read. Throws TUWEN_ARCHITECTURE_UNKNOWN, TUWEN_VOCABULARY_MISSING, TUWEN_CHECKPOINT_MISMATCH, and what reading throws.
 */
export async function readCnClipFile(
  path: string,
  header: WeightsHeader,
  options: ReadOptions,
): Promise<StoredModel> {
  const named = byCnClipNames(header.tensors);
  const config = (await configBeside(path, named)) ?? inferConfig(named, path);
  const vocabulary = await vocabularyBeside(path, config);
  return { config, weights: await readCnClipWeights(path, header, config, options), vocabulary };
}

/** The weights of a file with cn_clip's names, in cn_clip's order. Throws TUWEN_CHECKPOINT_MISMATCH. */
export async function readCnClipWeights(
  path: string,
  header: WeightsHeader,
  config: ClipConfig,
  options: ReadOptions,
): Promise<StoredModel['weights']> {
  const entries = stateEntries(config);
  checkTensors(path, byCnClipNames(header.tensors), expectedOf(entries));
  const weights = byCnClipNames(await readWeights(path, options));
  return new Map(entries.map(({ name }) => [name, weights.get(name)!]));
}

/** The vocabulary beside a file; without one, the Chinese BERT's where the model has its size. */
export async function vocabularyBeside(path: string, config: ClipConfig): Promise<string> {
  const file = join(dirname(path), 'vocab.txt');
  if (existsSync(file)) return readVocabulary(file, config, path);
  if (config.text.vocabSize === CHINESE_BERT_WORDS)
    return readVocabulary(fileURLToPath(CHINESE_BERT_VOCABULARY), config, path);
  throw new TuwenError('TUWEN_VOCABULARY_MISSING', { path, file: 'vocab.txt', words: config.text.vocabSize });
}
