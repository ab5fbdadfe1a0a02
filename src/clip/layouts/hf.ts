/**
 * Hugging Face's layout: config.json, preprocessor_config.json, vocab.txt, and model.safetensors, pytorch_model.bin, or
 * shards of either; of an English CLIP merges.txt for vocab.txt. Without config.json, the configuration is told from the
 * shapes.
 */
import { join } from 'node:path';
import { type ClipConfig, isChinese } from '../config.ts';
import { parseHfClipConfig } from './hf-clip-config.ts';
import { type HfConfigFiles, parseHfConfig } from './hf-config.ts';
import { hfPixels } from './hf-pixels.ts';
import { inferredConfig } from './inferred.ts';
import { fieldOf, type Layout, readJson } from './layout.ts';
import { ownVocabulary, vocabularyBeside } from './vocabulary.ts';

export const PREPROCESSOR = 'preprocessor_config.json';

/** What reads a config.json, by its `model_type`. */
const PARSERS = new Map<string, (files: HfConfigFiles) => ClipConfig>([
  ['chinese_clip', parseHfConfig],
  ['clip', parseHfClipConfig],
]);

export const hf: Layout = {
  recognises: ({ naming }) => naming.names === 'hf',
  async config(model): Promise<ClipConfig> {
    const { path, names, config, broken } = model.folder;
    if (broken) throw broken;
    const file = join(path, PREPROCESSOR);
    const preprocessor = names.includes(PREPROCESSOR) ? { file, json: await readJson(file) } : undefined;
    const parse = PARSERS.get(String(fieldOf(config, 'model_type')));
    if (parse) return parse({ config: { file: join(path, 'config.json'), json: config }, preprocessor });
    const inferred = inferredConfig(model);
    const fit = isChinese(inferred) ? 'squash' : 'crop';
    return { ...inferred, pixels: hfPixels(preprocessor, inferred.image.resolution, fit) };
  },
  vocabulary: (model, config) =>
    PARSERS.has(String(fieldOf(model.folder.config, 'model_type')))
      ? ownVocabulary(model, config)
      : vocabularyBeside(model, config),
};
