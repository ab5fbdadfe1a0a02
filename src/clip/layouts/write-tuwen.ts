/** Writing our own layout. */
import { join } from 'node:path';
import { writeSafetensors } from '../../weights/index.ts';
import { isChinese } from '../config.ts';
import type { StoredModel } from './layout.ts';
import { toOwnConfig } from './own-config.ts';
import { makeFolder, metadataOf, stateOf, type WriteModelOptions, writeJson, writeText } from './write.ts';

/**
 * Writes a model folder in our layout, making the folder where needed.
 * Throws TUWEN_CHECKPOINT_MISMATCH where the weights are not the configuration's, TUWEN_FILE_UNWRITABLE,
 * TUWEN_CANCELLED.
 */
export async function writeTuwen(
  folder: string,
  model: StoredModel,
  options: WriteModelOptions = {},
): Promise<void> {
  const weights = stateOf(folder, model, options);
  await makeFolder(folder);
  await writeSafetensors(join(folder, 'model.safetensors'), weights, metadataOf(model), options);
  await writeText(join(folder, isChinese(model.config) ? 'vocab.txt' : 'merges.txt'), model.vocabulary);
  await writeJson(join(folder, 'config.json'), toOwnConfig(model.config, model.license));
}
