/** Checkpoint layouts: one file each. A further layout is a further entry of `LAYOUTS`. */
import { basename } from 'node:path';
import { TuwenError } from '../../base/index.ts';
import type { ReadOptions } from '../../weights/index.ts';
import { hf } from './hf.ts';
import { openFolder, type StoredModel } from './layout.ts';
import { tuwen } from './tuwen.ts';

const LAYOUTS = { tuwen, hf };

export type LayoutName = keyof typeof LAYOUTS;

/** A model read from a folder, and the layout it was in. */
export interface ReadModel extends StoredModel {
  readonly layout: LayoutName;
}

/**
 * Reads a model folder in any known layout, told apart by its content. Progress counts bytes of weights.
 * Throws TUWEN_LAYOUT_UNKNOWN, TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED, TUWEN_CHECKPOINT_MISMATCH,
 * TUWEN_SAFETENSORS_INVALID, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_CANCELLED.
 */
export async function readModelFolder(path: string, options: ReadOptions = {}): Promise<ReadModel> {
  const folder = await openFolder(path);
  for (const layout of Object.keys(LAYOUTS) as LayoutName[]) {
    if (LAYOUTS[layout].recognises(folder)) {
      const model = await LAYOUTS[layout].read(folder, options);
      return { layout, ...model };
    }
  }
  const found = folder.names.length > 0 ? folder.names : [basename(path)];
  throw new TuwenError('TUWEN_LAYOUT_UNKNOWN', { path, found, known: Object.keys(LAYOUTS) });
}

export { parseCnClipConfig, toCnClipConfig } from './cn-clip-config.ts';
export { parseHfConfig } from './hf-config.ts';
export type { Layout, ModelFolder, StoredModel } from './layout.ts';
export { writeTuwen } from './tuwen.ts';
