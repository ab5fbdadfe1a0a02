import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isTuwenError, TuwenError } from '../../base/index.ts';
import type { TensorInfo } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { stateEntries } from '../parameters.ts';
import { parseCnClipConfig } from './cn-clip-config.ts';
import { fieldOf, readJson } from './layout.ts';

/** The most JSON files looked at in a folder. */
const MAX_FILES = 64;

/**
 * The configuration that cn_clip's files beside a checkpoint (one of a vision tower, one of a text tower, whatever
 * their names) describe; undefined where no two of them fit the tensors.
 * Throws TUWEN_ARCHITECTURE_UNKNOWN where pairs that differ fit.
 */
export async function configBeside(
  path: string,
  tensors: ReadonlyMap<string, TensorInfo>,
): Promise<ClipConfig | undefined> {
  const files = await jsonFilesIn(dirname(path));
  const visions = files.filter(({ json }) => fieldOf(json, 'vision_layers') !== undefined);
  const texts = files.filter(({ json }) => fieldOf(json, 'text_num_hidden_layers') !== undefined);
  const fitting = new Map<string, ClipConfig>();
  for (const vision of visions) {
    for (const text of texts) {
      const config = parsed({ ...(text.json as object), ...(vision.json as object) }, vision.file);
      if (config && fits(config, tensors)) fitting.set(JSON.stringify(config), config);
    }
  }
  if (fitting.size > 1)
    throw new TuwenError('TUWEN_ARCHITECTURE_UNKNOWN', {
      path,
      reason: [...visions, ...texts].map(({ file }) => file).join(', '),
    });
  return [...fitting.values()][0];
}

/** The JSON files of a folder that can be read. */
async function jsonFilesIn(folder: string): Promise<{ file: string; json: unknown }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const files: { file: string; json: unknown }[] = [];
  for (const file of names.slice(0, MAX_FILES).map((name) => join(folder, name))) {
    const json = await readJson(file).catch(() => undefined);
    if (json !== undefined) files.push({ file, json });
  }
  return files;
}

function parsed(json: unknown, file: string): ClipConfig | undefined {
  try {
    return parseCnClipConfig(json, file);
  } catch (error) {
    if (isTuwenError(error)) return undefined;
    throw error;
  }
}

/** Whether a model of this configuration has just these tensors. */
function fits(config: ClipConfig, tensors: ReadonlyMap<string, TensorInfo>): boolean {
  const entries = stateEntries(config);
  return (
    entries.length === tensors.size &&
    entries.every(({ name, shape }) => tensors.get(name)?.shape.join() === shape.join())
  );
}
