/** The vocabulary of a model: the text of a vocab.txt, or of an English CLIP's merges.txt. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TuwenError } from '../../base/index.ts';
import { readText } from '../../weights/index.ts';
import { type ClipConfig, isChinese } from '../config.ts';
import type { NamedModel } from './found-model.ts';
import { MAX_VOCABULARY_BYTES } from './layout.ts';
import { mergesBeside } from './merges-beside.ts';

/** How many words Google's Chinese BERT vocabulary has, the one of every published Chinese-CLIP. */
const CHINESE_BERT_WORDS = 21_128;

/** The same vocabulary, in the shipped model. */
const CHINESE_BERT_VOCABULARY = new URL('../../../models/mini/model/vocab.txt', import.meta.url);

/** The vocabulary of a folder that has its own. Throws TUWEN_FILE_MISSING, and as `vocabularyBeside`. */
export function ownVocabulary({ folder: { path } }: NamedModel, config: ClipConfig): Promise<string> {
  const source = join(path, 'config.json');
  if (!isChinese(config)) return mergesBeside(path, source, config);
  return readVocabulary(join(path, 'vocab.txt'), config, source);
}

/**
 * The vocabulary beside weights; without one, the Chinese BERT's or OpenAI's, where the model has its size.
 * Throws TUWEN_VOCABULARY_MISSING, TUWEN_VOCABULARY_INVALID, TUWEN_CONFIG_INVALID (more words than the model has).
 */
export async function vocabularyBeside({ folder, weights }: NamedModel, config: ClipConfig): Promise<string> {
  if (!isChinese(config)) return mergesBeside(folder.path, weights, config);
  const file = join(folder.path, 'vocab.txt');
  if (existsSync(file)) return readVocabulary(file, config, weights);
  if (config.text.vocabSize === CHINESE_BERT_WORDS) return chineseBertVocabulary();
  const words = config.text.vocabSize;
  throw new TuwenError('TUWEN_VOCABULARY_MISSING', { path: weights, file: 'vocab.txt', words });
}

/** Google's Chinese BERT vocabulary, the one of every published Chinese-CLIP. */
export function chineseBertVocabulary(): Promise<string> {
  return readText(fileURLToPath(CHINESE_BERT_VOCABULARY), MAX_VOCABULARY_BYTES);
}

/** A vocabulary, one token a line. `source` names the model in the error for more tokens than it has embeddings. */
async function readVocabulary(path: string, config: ClipConfig, source: string): Promise<string> {
  const text = await readText(path, MAX_VOCABULARY_BYTES);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > config.text.vocabSize)
    throw new TuwenError('TUWEN_CONFIG_INVALID', {
      file: source,
      key: 'vocab_size',
      got: config.text.vocabSize,
      expected: `≥ ${lines} (vocab.txt)`,
    });
  return text;
}
