/** Writing cn_clip's layout: one PyTorch file, as the published ones are. */
import { isDeepStrictEqual } from 'node:util';
import { isTuwenError } from '../../base/index.ts';
import { type StateDict, type Tensor, writeTorch } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { requireChinese } from './able.ts';
import { embedModel } from './embedded.ts';
import { inferConfig } from './infer-config.ts';
import type { StoredModel } from './layout.ts';
import { chineseBertVocabulary } from './vocabulary.ts';
import { stateOf, type WriteModelOptions } from './write.ts';

/** What stands before every name in the published files. */
const PREFIX = 'module.';

/**
 * Writes a file that cn_clip's `load_from_name` and trainer load. What its shapes do not tell (an unusual configuration,
 * another vocabulary) stands beside the state dict, where cn_clip does not look.
 * Throws TUWEN_LAYOUT_UNFIT (an English CLIP), TUWEN_CHECKPOINT_MISMATCH, TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED.
 */
export async function writeCnClip(
  file: string,
  model: StoredModel,
  options: WriteModelOptions = {},
): Promise<void> {
  requireChinese('cn_clip', model.config);
  const weights = stateOf(file, model, options);
  const own = (await isToldByShapes(model)) ? {} : embedModel(model.config, model.vocabulary, model.license);
  await writeTorch(file, prefixed(weights), { ...checkpointNotes(model), ...own }, options);
}

/** Whether a bare file would be read as this model, but for its name and the order in which it prepares pictures. */
async function isToldByShapes({ config, weights, vocabulary }: StoredModel): Promise<boolean> {
  if (vocabulary !== (await chineseBertVocabulary())) return false;
  try {
    return isDeepStrictEqual(comparable(inferConfig(weights, '')), comparable(config));
  } catch (error) {
    if (isTuwenError(error, 'TUWEN_ARCHITECTURE_UNKNOWN')) return false;
    throw error;
  }
}

function comparable({ embedDim, image, text, pixels: { order: _, ...pixels } }: ClipConfig) {
  return { embedDim, image, text, pixels };
}

/** What cn_clip's trainer notes beside a state dict; of what is not known, zeros. */
export function checkpointNotes({ config, training }: StoredModel) {
  return {
    epoch: training?.epoch ?? 0,
    step: training?.step ?? 0,
    name: training?.name ?? config.name ?? '',
  };
}

/** Tensors by the names in cn_clip's files. */
export function prefixed(weights: ReadonlyMap<string, Tensor>): StateDict {
  return new Map(Array.from(weights, ([name, tensor]) => [PREFIX + name, tensor]));
}
