/** OpenAI's layout of an English CLIP: one file, a state dict or a TorchScript archive; sizes told from the shapes. */
import { dirname } from 'node:path';
import { type ReadOptions, readWeights, type TensorInfo, type WeightsHeader } from '../../weights/index.ts';
import { type EnglishClipConfig, openaiPixels } from '../config.ts';
import { stateEntries } from '../parameters.ts';
import { OPENAI_NAMES, openaiConfig } from '../published-openai.ts';
import { checkTensors, expectedOf } from './check-tensors.ts';
import { byCnClipNames } from './cn-names.ts';
import { equal, imageOfShapes, Shapes } from './infer-config.ts';
import type { StoredModel } from './layout.ts';
import { mergesBeside } from './merges-beside.ts';

/** Numbers that OpenAI's files hold beside the weights, and that the shapes tell. */
const IGNORED = /^(input_resolution|context_length|vocab_size)$/;

/** Whether these are OpenAI's names of a whole English CLIP. */
export function hasOpenaiNames(tensors: ReadonlyMap<string, unknown>): boolean {
  return tensors.has('visual.conv1.weight') && tensors.has('token_embedding.weight');
}

/**
 * Reads one file of OpenAI's, given its header. Everything is held against the sizes before the tensors are read.
 * Throws TUWEN_ARCHITECTURE_UNKNOWN, TUWEN_CHECKPOINT_MISMATCH, what `mergesBeside` throws, and what reading throws.
 */
export async function readOpenaiFile(
  path: string,
  header: WeightsHeader,
  options: ReadOptions,
): Promise<StoredModel> {
  const named = byCnClipNames(header.tensors);
  const config = inferOpenaiConfig(named, path);
  const entries = stateEntries(config);
  checkTensors(path, named, expectedOf(entries), IGNORED);
  const vocabulary = await mergesBeside(dirname(path), path, config);
  const tensors = byCnClipNames(await readWeights(path, options));
  return { config, weights: new Map(entries.map(({ name }) => [name, tensors.get(name)!])), vocabulary };
}

/**
 * The configuration of an English CLIP with these tensors, by OpenAI's own rule: heads have 64 columns.
 * Throws TUWEN_ARCHITECTURE_UNKNOWN.
 */
export function inferOpenaiConfig(tensors: ReadonlyMap<string, TensorInfo>, path: string): EnglishClipConfig {
  const model = new Shapes(tensors, path);
  const image = imageOfShapes(model);
  const block = 'transformer.resblocks.';
  const hidden = model.size('ln_final.weight', 0);
  const config: EnglishClipConfig = {
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
  const name = OPENAI_NAMES.find((name) => equal({ name, ...config }, openaiConfig(name)));
  return name ? { name, ...config } : config;
}
