/** The merges of an English CLIP's tokenizer: beside its weights, or those that come with the package. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fileError, TuwenError } from '../../base/index.ts';
import { readText } from '../../weights/index.ts';
import type { EnglishClipConfig } from '../config.ts';
import { BYTE_SYMBOLS, mergeLines, SPECIAL_SYMBOLS } from '../tokenizer/index.ts';
import { fieldOf, MAX_VOCABULARY_BYTES, readJson } from './layout.ts';

/** As OpenAI, Hugging Face and our own layout name the file. */
const PACKED = 'bpe_simple_vocab_16e6.txt.gz';
const MERGES = 'merges.txt';

/** The ids of Hugging Face's tokenizer, which the merges give as well. */
const IDS = 'vocab.json';

/** OpenAI's merges and how many symbols they make. */
const OPENAI_MERGES = new URL('../../../models/clip/merges.txt.gz', import.meta.url);
const OPENAI_SYMBOLS = 49_408;

const unpack = promisify(gunzip);

/**
 * The text of a `merges.txt` for a model, without lines beyond its vocabulary: from `merges.txt` or OpenAI's packed file
 * in the folder of the weights; without those OpenAI's own, where the model has its size. `path` names the model.
 * Throws TUWEN_VOCABULARY_MISSING; TUWEN_VOCABULARY_INVALID where the file has too few merges, or a vocab.json beside
 * it other ids; and what reading throws.
 */
export async function mergesBeside(
  folder: string,
  path: string,
  { text }: EnglishClipConfig,
): Promise<string> {
  const count = text.vocabSize - BYTE_SYMBOLS - SPECIAL_SYMBOLS;
  const source = [MERGES, PACKED].map((name) => join(folder, name)).find((file) => existsSync(file));
  if (!source && text.vocabSize !== OPENAI_SYMBOLS)
    throw new TuwenError('TUWEN_VOCABULARY_MISSING', { path, file: MERGES, words: text.vocabSize });
  const lines = mergeLines(await readMergesFile(source ?? fileURLToPath(OPENAI_MERGES)));
  if (lines.length < count)
    throw new TuwenError('TUWEN_VOCABULARY_INVALID', {
      reason: `${source} has ${lines.length} merges, ${path} needs ${count}`,
    });
  const merges = lines.slice(0, count);
  const ids = join(folder, IDS);
  if (source === join(folder, MERGES) && existsSync(ids)) checkIds(ids, await readJson(ids), merges);
  return `#version: 0.2\n${merges.join('\n')}\n`;
}

async function readMergesFile(path: string): Promise<string> {
  if (!path.endsWith('.gz')) return readText(path, MAX_VOCABULARY_BYTES);
  try {
    const bytes = await unpack(await readFile(path), { maxOutputLength: MAX_VOCABULARY_BYTES });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fileError(path, cause);
  }
}

/** Holds the ids of a vocab.json against those the merges give. */
function checkIds(file: string, ids: unknown, merges: readonly string[]): void {
  const expected = [...merges.map((line) => line.replace(' ', '')), '<|startoftext|>', '<|endoftext|>'];
  expected.forEach((symbol, i) => {
    const id = fieldOf(ids, symbol);
    if (id === BYTE_SYMBOLS + i) return;
    const reason = `${file}: ${JSON.stringify(symbol)} is ${JSON.stringify(id)}, by merges.txt ${BYTE_SYMBOLS + i}`;
    throw new TuwenError('TUWEN_VOCABULARY_INVALID', { reason });
  });
}
