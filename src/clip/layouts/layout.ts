/** What every checkpoint layout gives, and what it is given. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, isTuwenError, TuwenError } from '../../base/index.ts';
import { readText, type StateDict } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import type { NamedModel } from './found-model.ts';

/** The layouts that can be told apart. */
export const LAYOUT_NAMES = ['tuwen', 'hf', 'modelscope', 'cn_clip', 'openai', 'training'] as const;

export type LayoutName = (typeof LAYOUT_NAMES)[number];

/** A model as it lies on disk, whatever the layout. */
export interface StoredModel {
  readonly config: ClipConfig;
  /** Tensors by the names and in the order of `stateEntries`, element types as stored. */
  readonly weights: StateDict;
  /** The text of vocab.txt, one token a line; of an English CLIP that of merges.txt. */
  readonly vocabulary: string;
  /** Licence of the weights, where the folder names it. */
  readonly license?: string;
  /** How far it was trained, where the checkpoint says so. */
  readonly training?: TrainingNotes;
}

/** What cn_clip's trainer notes beside a state dict. */
export interface TrainingNotes {
  readonly epoch?: number;
  readonly step?: number;
  /** Of the run. */
  readonly name?: string;
}

/** One way to lay a model out. */
export interface Layout {
  /** Whether a model is in this layout. */
  recognises(model: NamedModel): boolean;
  /** Its configuration. Throws TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED, TUWEN_ARCHITECTURE_UNKNOWN. */
  config(model: NamedModel): Promise<ClipConfig>;
  /** Its vocabulary, the text of a vocab.txt or merges.txt. Throws TUWEN_VOCABULARY_MISSING, TUWEN_VOCABULARY_INVALID,
   * TUWEN_CONFIG_INVALID. */
  vocabulary(model: NamedModel, config: ClipConfig): Promise<string>;
  /** The licence of its weights, where it is named. */
  license?(model: NamedModel): string | undefined;
}

/** A folder: what lies in it, and its config.json. */
export interface ModelFolder {
  readonly path: string;
  readonly names: readonly string[];
  /** The parsed config.json; undefined where there is none, or none that can be read. */
  readonly config: unknown;
  /** Why config.json cannot be read. */
  readonly broken?: TuwenError;
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

/** Lists a folder and reads its config.json, if it can be read. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function openFolder(path: string): Promise<ModelFolder> {
  const names = await namesIn(path);
  if (!names.includes('config.json')) return { path, names, config: undefined };
  try {
    return { path, names, config: await readJson(join(path, 'config.json')) };
  } catch (error) {
    if (isTuwenError(error)) return { path, names, config: undefined, broken: error };
    throw error;
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (cause) {
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

/** A field of parsed JSON that may be anything. */
export function fieldOf(json: unknown, key: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : undefined;
}
