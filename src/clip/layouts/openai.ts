/** OpenAI's layout of an English CLIP: one file, a state dict or a TorchScript archive; sizes told from the shapes. */
import type { TensorInfo } from '../../weights/index.ts';
import { type EnglishClipConfig, openaiPixels } from '../config.ts';
import { OPENAI_NAMES, openaiConfig } from '../published-openai.ts';
import { equal, imageOfShapes, Shapes } from './infer-config.ts';
import type { Layout } from './layout.ts';
import { vocabularyBeside } from './vocabulary.ts';

/** Numbers that OpenAI's files hold beside the weights, and that the shapes tell. */
const IGNORED = /^(input_resolution|context_length|vocab_size)$/;

/** Whether these are OpenAI's names of a whole English CLIP. */
export function hasOpenaiNames(tensors: ReadonlyMap<string, unknown>): boolean {
  return tensors.has('visual.conv1.weight') && tensors.has('token_embedding.weight');
}

export const openai: Layout = {
  recognises: ({ naming }) => naming.names === 'openai',
  config: async ({ shapes, weights }) => inferOpenaiConfig(shapes, weights),
  vocabulary: vocabularyBeside,
};

/** A state dict of OpenAI's without what is no tensor of the model. */
export function fromOpenai<T>(tensors: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...tensors].filter(([name]) => !IGNORED.test(name)));
}

/**
 * The configuration of an English CLIP with these tensors, by OpenAI's own rule: heads have 64 columns.
 * Throws TUWEN_ARCHITECTURE_UNKNOWN.
 */
export function inferOpenaiConfig(tensors: ReadonlyMap<string, TensorInfo>, path: string): EnglishClipConfig {
  const config = openaiConfigOfShapes(new Shapes(tensors, path));
  const name = OPENAI_NAMES.find((name) => equal({ name, ...config }, openaiConfig(name)));
  return name ? { name, ...config } : config;
}

/** As `inferOpenaiConfig`, without the name. */
export function openaiConfigOfShapes(model: Shapes): EnglishClipConfig {
  const image = imageOfShapes(model);
  const block = 'transformer.resblocks.';
  const hidden = model.size('ln_final.weight', 0);
  return {
    embedDim: model.size('text_projection', 1),
    image,
    text: {
      kind: 'causal',
      vocabSize: model.size('token_embedding.weight', 0),
      hidden,
      layers: model.count(block, '.ln_1.weight'),
      heads: model.heads('transformer_width', hidden),
      intermediate: model.size(`${block}0.mlp.c_fc.weight`, 0),
      maxPositions: model.size('positional_embedding', 0),
    },
    pixels: openaiPixels(image.resolution),
  };
}
