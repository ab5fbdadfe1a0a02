/** Checkpoint layouts: one file each. A further layout of folders is a further entry of `LAYOUTS`. */
import { basename, dirname, join } from 'node:path';
import { TuwenError } from '../../base/index.ts';
import { type ReadOptions, readWeightsHeader } from '../../weights/index.ts';
import { readCnClipFile } from './cn-clip.ts';
import { byCnClipNames, hasCnClipNames } from './cn-names.ts';
import { hf } from './hf.ts';
import { hasHfNames } from './hf-names.ts';
import { isFolder, type ModelFolder, openFolder, type StoredModel } from './layout.ts';
import { modelscope } from './modelscope.ts';
import { hasOpenaiNames, readOpenaiFile } from './openai.ts';
import { WEIGHTS } from './tensors-of.ts';
import { tuwen } from './tuwen.ts';

const LAYOUTS = { tuwen, hf, modelscope };

export type LayoutName = keyof typeof LAYOUTS | 'cn_clip' | 'openai';

/** A model read from a folder or file, and the layout it was in. */
export interface ReadModel extends StoredModel {
  readonly layout: LayoutName;
}

/**
 * Reads a model from a folder or a single file, told apart by content. Progress counts bytes of weights.
 * Throws TUWEN_LAYOUT_UNKNOWN, TUWEN_WEIGHTS_UNKNOWN, TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED,
 * TUWEN_CHECKPOINT_MISMATCH, TUWEN_ARCHITECTURE_UNKNOWN, TUWEN_VOCABULARY_MISSING, TUWEN_VOCABULARY_INVALID, TUWEN_SAFETENSORS_INVALID,
 * TUWEN_TORCH_INVALID, TUWEN_TORCH_UNSUPPORTED, TUWEN_PICKLE_UNSAFE, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE,
 * TUWEN_CANCELLED.
 */
export async function readModel(path: string, options: ReadOptions = {}): Promise<ReadModel> {
  return (await isFolder(path)) ? readModelFolder(path, options) : readModelFile(path, options);
}

/**
 * Reads a model folder in any known layout; one without configuration but with a single file of weights is read as
 * that file. Throws as `readModel`.
 */
export async function readModelFolder(path: string, options: ReadOptions = {}): Promise<ReadModel> {
  const folder = await openFolder(path);
  const layout = layoutOf(folder);
  if (layout) return { layout, ...(await LAYOUTS[layout].read(folder, options)) };
  const files = folder.names.filter((name) => WEIGHTS.test(name));
  if (files.length === 1) return readModelFile(join(path, files[0]!), options);
  throw unknown(path, folder.names.length > 0 ? folder.names : [basename(path)]);
}

/** Reads a model from one file of weights, with the small files beside it. Throws as `readModel`. */
async function readModelFile(path: string, options: ReadOptions): Promise<ReadModel> {
  const header = await readWeightsHeader(path);
  const folder = { ...(await openFolder(dirname(path))), weights: path };
  const layout = layoutOf(folder);
  if (hasCnClipNames(byCnClipNames(header.tensors))) {
    if (layout === 'tuwen') return { layout, ...(await tuwen.read(folder, options)) };
    return { layout: 'cn_clip', ...(await readCnClipFile(path, header, options)) };
  }
  if (hasOpenaiNames(byCnClipNames(header.tensors))) {
    if (layout === 'tuwen') return { layout, ...(await tuwen.read(folder, options)) };
    return { layout: 'openai', ...(await readOpenaiFile(path, header, options)) };
  }
  if (hasHfNames(header.tensors)) {
    if (layout !== 'hf')
      throw new TuwenError('TUWEN_FILE_MISSING', { path: join(folder.path, 'config.json') });
    return { layout, ...(await hf.read(folder, options)) };
  }
  throw unknown(path, [...header.tensors.keys()]);
}

function layoutOf(folder: ModelFolder): keyof typeof LAYOUTS | undefined {
  const layouts = Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[];
  return layouts.find((layout) => LAYOUTS[layout].recognises(folder));
}

function unknown(path: string, found: readonly string[]): TuwenError {
  return new TuwenError('TUWEN_LAYOUT_UNKNOWN', {
    path,
    found,
    known: [...Object.keys(LAYOUTS), 'cn_clip', 'openai'],
  });
}

export { byBertNames } from './bert.ts';
export { parseCnClipConfig, toCnClipConfig } from './cn-clip-config.ts';
export { byCnClipNames } from './cn-names.ts';
export { parseHfConfig } from './hf-config.ts';
export { hasHfNames } from './hf-names.ts';
export type { Layout, ModelFolder, StoredModel } from './layout.ts';
export { tensorsOf } from './tensors-of.ts';
export { writeTuwen } from './tuwen.ts';
