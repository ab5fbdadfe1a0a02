/** Writing Hugging Face's layout. */
import { join } from 'node:path';
import { writeShardedSafetensors } from '../../weights/index.ts';
import { requireVit } from './able.ts';
import { PREPROCESSOR } from './hf.ts';
import { toHfConfig, toHfPreprocessor, toHfTokenizer } from './hf-config-out.ts';
import { toHf } from './hf-names.ts';
import type { StoredModel } from './layout.ts';
import { makeFolder, metadataOf, stateOf, type WriteModelOptions, writeJson, writeText } from './write.ts';

/**
 * Writes a model folder that transformers' ChineseCLIPModel and ChineseCLIPProcessor load.
 * Throws TUWEN_LAYOUT_UNFIT (a ResNet, an English CLIP), TUWEN_CHECKPOINT_MISMATCH, TUWEN_FILE_UNWRITABLE,
 * TUWEN_CANCELLED.
 */
export async function writeHf(
  folder: string,
  model: StoredModel,
  options: WriteModelOptions = {},
): Promise<void> {
  const config = requireVit('hf', model.config);
  const weights = stateOf(folder, model, options);
  const dtype = weights.get('text_projection')!.dtype === 'F16' ? 'float16' : 'float32';
  await makeFolder(folder);
  await writeShardedSafetensors(folder, toHf(weights), metadataOf(model), options);
  await writeText(join(folder, 'vocab.txt'), model.vocabulary);
  await writeJson(join(folder, PREPROCESSOR), toHfPreprocessor(config));
  await writeJson(join(folder, 'tokenizer_config.json'), toHfTokenizer(config));
  await writeJson(join(folder, 'config.json'), toHfConfig(config, dtype));
}
