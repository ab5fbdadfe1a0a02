import { join } from 'node:path';
import { isTuwenError, TuwenError } from '../../base/index.ts';
import type { ChineseClipConfig } from '../config.ts';
import { fits } from './check-tensors.ts';
import { parseCnClipConfig } from './cn-clip-config.ts';
import type { NamedModel } from './found-model.ts';
import { fieldOf, type ModelFolder, readJson } from './layout.ts';

/** The most JSON files looked at in a folder. */
const MAX_FILES = 64;

/**
 * The configuration that cn_clip's files beside a checkpoint (one of a vision tower, one of a text tower, whatever
 * their names) describe; undefined where no two of them fit the tensors.
 * Throws TUWEN_ARCHITECTURE_UNKNOWN where pairs that differ fit.
 */
export async function configBeside({
  folder,
  weights,
  shapes,
}: NamedModel): Promise<ChineseClipConfig | undefined> {
  const files = await jsonFilesIn(folder);
  const visions = files.filter(({ json }) => fieldOf(json, 'vision_layers') !== undefined);
  const texts = files.filter(({ json }) => fieldOf(json, 'text_num_hidden_layers') !== undefined);
  const fitting = new Map<string, { config: ChineseClipConfig; files: string[] }>();
  for (const vision of visions) {
    for (const text of texts) {
      const config = parsed({ ...(text.json as object), ...(vision.json as object) }, vision.file);
      if (config && fits(config, shapes))
        fitting.set(JSON.stringify(config), { config, files: [vision.file, text.file] });
    }
  }
  const [first, ...others] = fitting.values();
  if (others.length > 0) {
    const files = new Set([...fitting.values()].flatMap(({ files }) => files));
    const reason = [...files].join(', ');
    throw new TuwenError('TUWEN_ARCHITECTURE_UNKNOWN', { path: weights, reason, ambiguous: true });
  }
  return first?.config;
}

/** The JSON files of a folder that can be read. */
async function jsonFilesIn({ path, names }: ModelFolder): Promise<{ file: string; json: unknown }[]> {
  const found = names.filter((name) => name.endsWith('.json')).slice(0, MAX_FILES);
  const files: { file: string; json: unknown }[] = [];
  for (const file of found.map((name) => join(path, name))) {
    const json = await readJson(file).catch(() => undefined);
    if (json !== undefined) files.push({ file, json });
  }
  return files;
}

function parsed(json: unknown, file: string): ChineseClipConfig | undefined {
  try {
    return parseCnClipConfig(json, file);
  } catch (error) {
    if (isTuwenError(error)) return undefined;
    throw error;
  }
}
