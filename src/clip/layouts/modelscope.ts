/**
 * ModelScope's layout: configuration.json, vision_model_config.json and text_model_config.json with cn_clip's keys,
 * vocab.txt, and pytorch_model.bin with cn_clip's names, with or without optimizer.
 */
import { join } from 'node:path';
import { readWeightsHeader } from '../../weights/index.ts';
import { readCnClipWeights } from './cn-clip.ts';
import { parseCnClipConfig } from './cn-clip-config.ts';
import { type Layout, readJson, readVocabulary } from './layout.ts';

const VISION = 'vision_model_config.json';
const TEXT = 'text_model_config.json';

export const modelscope: Layout = {
  name: 'modelscope',
  recognises: ({ names }) => names.includes(VISION) && names.includes(TEXT),
  async read({ path }, options) {
    const vision = join(path, VISION);
    const keys = [await readJson(join(path, TEXT)), await readJson(vision)];
    const config = parseCnClipConfig(Object.assign({}, ...keys), vision);
    const vocabulary = await readVocabulary(join(path, 'vocab.txt'), config, join(path, TEXT));
    const file = join(path, 'pytorch_model.bin');
    const weights = await readCnClipWeights(file, await readWeightsHeader(file), config, options);
    return { config, weights, vocabulary };
  },
};
