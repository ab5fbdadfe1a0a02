/** Hugging Face's layout: config.json, preprocessor_config.json, vocab.txt, model.safetensors (or shards of it). */
import { join } from 'node:path';
import { type ReadOptions, readSafetensors, readSharded, type StateDict } from '../../weights/index.ts';
import { checkTensors } from './check-tensors.ts';
import { parseHfConfig } from './hf-config.ts';
import { fromHf, HF_IGNORED, hfTensors } from './hf-names.ts';
import { fieldOf, type Layout, type ModelFolder, readJson, readVocabulary } from './layout.ts';

const PREPROCESSOR = 'preprocessor_config.json';
const INDEX = 'model.safetensors.index.json';

export const hf: Layout = {
  name: 'hf',
  recognises: ({ config }) => fieldOf(config, 'model_type') === 'chinese_clip',
  async read(folder, options) {
    const preprocessor = join(folder.path, PREPROCESSOR);
    const config = parseHfConfig({
      config: { file: join(folder.path, 'config.json'), json: folder.config },
      preprocessor: folder.names.includes(PREPROCESSOR)
        ? { file: preprocessor, json: await readJson(preprocessor) }
        : undefined,
    });
    const vocabulary = await readVocabulary(folder, config);
    const tensors = await readTensors(folder, options);
    checkTensors(folder.path, tensors, hfTensors(config), HF_IGNORED);
    return { config, weights: fromHf(tensors, config), vocabulary };
  },
};

function readTensors({ path, names }: ModelFolder, options: ReadOptions): Promise<StateDict> {
  return names.includes(INDEX) && !names.includes('model.safetensors')
    ? readSharded(join(path, INDEX), options)
    : readSafetensors(join(path, 'model.safetensors'), options);
}
