/**
 * Hugging Face's layout: config.json, preprocessor_config.json, vocab.txt, and model.safetensors, shards of it, or
 * pytorch_model.bin; of an English CLIP merges.txt for vocab.txt.
 */
import { join } from 'node:path';
import {
  type ReadOptions,
  readSharded,
  readWeights,
  readWeightsHeader,
  type StateDict,
} from '../../weights/index.ts';
import { type ClipConfig, isChinese } from '../config.ts';
import { checkTensors } from './check-tensors.ts';
import { parseHfClipConfig } from './hf-clip-config.ts';
import { parseHfConfig } from './hf-config.ts';
import { fromHf, HF_IGNORED, hfTensors } from './hf-names.ts';
import { fieldOf, type Layout, type ModelFolder, readJson, readVocabulary } from './layout.ts';
import { mergesBeside } from './merges-beside.ts';

const PREPROCESSOR = 'preprocessor_config.json';
const SAFETENSORS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const PYTORCH = 'pytorch_model.bin';

export const hf: Layout = {
  name: 'hf',
  recognises: ({ config }) => isEnglish(config) || fieldOf(config, 'model_type') === 'chinese_clip',
  async read(folder, options) {
    const preprocessor = join(folder.path, PREPROCESSOR);
    const file = join(folder.path, 'config.json');
    const parse = isEnglish(folder.config) ? parseHfClipConfig : parseHfConfig;
    const config = parse({
      config: { file, json: folder.config },
      preprocessor: folder.names.includes(PREPROCESSOR)
        ? { file: preprocessor, json: await readJson(preprocessor) }
        : undefined,
    });
    const vocabulary = isChinese(config)
      ? await readVocabulary(join(folder.path, 'vocab.txt'), config, file)
      : await mergesBeside(folder.path, file, config);
    const tensors = await readTensors(folder, config, options);
    return { config, weights: fromHf(tensors, config), vocabulary };
  },
};

/** Whether a config.json is that of an English CLIP. */
function isEnglish(config: unknown): boolean {
  return fieldOf(config, 'model_type') === 'clip';
}

/** Reads the tensors, held against the configuration: before their bytes are read, where one file has them all. */
async function readTensors(
  folder: ModelFolder,
  config: ClipConfig,
  options: ReadOptions,
): Promise<StateDict> {
  const expected = hfTensors(config);
  const { path, names } = folder;
  if (!folder.weights && names.includes(INDEX) && !names.includes(SAFETENSORS)) {
    const tensors = await readSharded(join(path, INDEX), options);
    checkTensors(path, tensors, expected, HF_IGNORED);
    return tensors;
  }
  const pytorchOnly = names.includes(PYTORCH) && !names.includes(SAFETENSORS);
  const file = folder.weights ?? join(path, pytorchOnly ? PYTORCH : SAFETENSORS);
  checkTensors(path, (await readWeightsHeader(file)).tensors, expected, HF_IGNORED);
  return readWeights(file, options);
}
