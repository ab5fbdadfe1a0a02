/** What every checkpoint layout gives, and what it is given. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, TuwenError } from '../../base/index.ts';
import { type ReadOptions, readText, type StateDict } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';

/** A model as it lies on disk, whatever the layout. */
export interface StoredModel {
  readonly config: ClipConfig;
  /** Tensors by the names and in the order of `stateEntries`, element types as stored. */
  readonly weights: StateDict;
  /** The text of vocab.txt, one token a line; of an English CLIP that of merges.txt. */
  readonly vocabulary: string;
  /** Licence of the weights, where the folder names it. */
  readonly license?: string;
}

/** One way to lay a model out in a folder. */
export interface Layout {
  readonly name: string;
  /** Whether the folder's content is in this layout. */
  recognises(folder: ModelFolder): boolean;
  read(folder: ModelFolder, options: ReadOptions): Promise<StoredModel>;
}

/** A folder to recognise: what lies in it, and its config.json. */
export interface ModelFolder {
  readonly path: string;
  readonly names: readonly string[];
  /** The parsed config.json; undefined where there is none. */
  readonly config: unknown;
  /** The path of the weights, where one file among others was named. */
  readonly weights?: string;
}

const MAX_JSON_BYTES = 2 ** 20;
export const MAX_VOCABULARY_BYTES = 2 ** 24;

/** Whether a path leads to a folder. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError(path, cause);
  }
}

/** Lists a folder and reads its config.json. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function openFolder(path: string): Promise<ModelFolder> {
  const names = await namesIn(path);
  const config = names.includes('config.json') ? await readJson(join(path, 'config.json')) : undefined;
  return { path, names, config };
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOTDIR') return [];
    throw fileError(path, cause);
  }
}

/** The parsed text of a small JSON file. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path, MAX_JSON_BYTES);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: String(cause) }, { cause });
  }
}

/**
 * A vocabulary, one token a line. Throws TUWEN_CONFIG_INVALID, naming `source`, where it holds more tokens than the
 * model has word embeddings, and what reading throws.
 */
export async function readVocabulary(path: string, config: ClipConfig, source: string): Promise<string> {
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

/** A field of parsed JSON that may be anything. */
export function fieldOf(json: unknown, key: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : undefined;
}
