/**
 * ModelScope's layout: configuration.json, vision_model_config.json and text_model_config.json with cn_clip's keys,
 * vocab.txt, and pytorch_model.bin with cn_clip's names, with or without optimizer.
 */
import { join } from 'node:path';
import { parseCnClipConfig } from './cn-clip-config.ts';
import { type Layout, readJson } from './layout.ts';
import { ownVocabulary } from './vocabulary.ts';

export const VISION = 'vision_model_config.json';
export const TEXT = 'text_model_config.json';

export const modelscope: Layout = {
  recognises: ({ isFolder, folder: { names }, naming }) =>
    isFolder && naming.names === 'cn_clip' && names.includes(VISION) && names.includes(TEXT),
  async config({ folder: { path } }) {
    const vision = join(path, VISION);
    const keys = [await readJson(join(path, TEXT)), await readJson(vision)];
    return parseCnClipConfig(Object.assign({}, ...keys), vision);
  },
  vocabulary: ownVocabulary,
};
