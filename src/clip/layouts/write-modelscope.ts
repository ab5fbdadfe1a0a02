/** Writing ModelScope's layout. */
import { join } from 'node:path';
import { writeTorch, zeros } from '../../weights/index.ts';
import { requireVit } from './able.ts';
import { toTextKeys, toVisionKeys } from './cn-clip-config.ts';
import type { StoredModel } from './layout.ts';
import { TEXT, VISION } from './modelscope.ts';
import { makeFolder, stateOf, type WriteModelOptions, writeJson, writeText } from './write.ts';
import { checkpointNotes, prefixed } from './write-cn-clip.ts';

/** What ModelScope's library looks for, to know which pipeline a folder is for. */
const CONFIGURATION = {
  framework: 'pytorch',
  task: 'multi-modal-embedding',
  model: { type: 'clip-multi-modal-embedding' },
  pipeline: { type: 'multi-modal-embedding' },
};

/**
 * Writes a model folder for ModelScope's pipeline, whose BERT has a pooler: never used, but a file without it is
 * refused, so it is there in zeros.
 * Throws TUWEN_LAYOUT_UNFIT (a ResNet, an English CLIP), TUWEN_CHECKPOINT_MISMATCH, TUWEN_FILE_UNWRITABLE,
 * TUWEN_CANCELLED.
 */
export async function writeModelscope(
  folder: string,
  model: StoredModel,
  options: WriteModelOptions = {},
): Promise<void> {
  const config = requireVit('modelscope', model.config);
  const weights = stateOf(folder, model, options);
  const { hidden } = config.text;
  const { dtype } = weights.get('bert.embeddings.word_embeddings.weight')!;
  weights.set('bert.pooler.dense.weight', zeros(dtype, [hidden, hidden]));
  weights.set('bert.pooler.dense.bias', zeros(dtype, [hidden]));
  await makeFolder(folder);
  await writeTorch(join(folder, 'pytorch_model.bin'), prefixed(weights), checkpointNotes(model), options);
  await writeText(join(folder, 'vocab.txt'), model.vocabulary);
  await writeJson(join(folder, TEXT), toTextKeys(config));
  await writeJson(join(folder, VISION), toVisionKeys(config));
  await writeJson(join(folder, 'configuration.json'), CONFIGURATION);
}
