/** Hugging Face's `config.json` of an English CLIP, with the class defaults of transformers' `CLIPConfig`. */
import { z } from 'zod';
import type { EnglishClipConfig } from '../config.ts';
import { layerCount, parseConfig, requireMultiple, requireSupported, size, tableRows } from './checked.ts';
import { type HfConfigFiles, hfImage, VisionConfig } from './hf-config.ts';
import { hfPixels } from './hf-pixels.ts';

const TextConfig = z.object({
  vocab_size: tableRows.default(49_408),
  hidden_size: size.default(512),
  intermediate_size: size.default(2048),
  num_hidden_layers: layerCount.default(12),
  num_attention_heads: size.default(8),
  max_position_embeddings: size.default(77),
  hidden_act: z.string().default('quick_gelu'),
  layer_norm_eps: z.number().default(1e-5),
});

const HfClipConfig = z.object({
  projection_dim: size.default(512),
  vision_config: VisionConfig.prefault({}),
  text_config: TextConfig.prefault({}),
});

/**
 * Reads the configuration of a Hugging Face folder of an English CLIP. Throws TUWEN_CONFIG_INVALID, and
 * TUWEN_CONFIG_UNSUPPORTED for what OpenAI's models do not do.
 */
export function parseHfClipConfig({ config, preprocessor }: HfConfigFiles): EnglishClipConfig {
  const { file } = config;
  const {
    projection_dim,
    vision_config: vision,
    text_config: text,
  } = parseConfig(HfClipConfig, config.json, file);
  requireSupported(file, 'text_config.hidden_act', text.hidden_act, 'quick_gelu');
  requireSupported(file, 'text_config.layer_norm_eps', text.layer_norm_eps, 1e-5);
  const { hidden_size: hidden, num_attention_heads: heads } = text;
  requireMultiple(file, 'text_config.hidden_size', hidden, heads, 'num_attention_heads');
  return {
    embedDim: projection_dim,
    image: hfImage(vision, file),
    text: {
      kind: 'causal',
      vocabSize: text.vocab_size,
      hidden,
      layers: text.num_hidden_layers,
      heads,
      intermediate: text.intermediate_size,
      maxPositions: text.max_position_embeddings,
    },
    pixels: hfPixels(preprocessor, vision.image_size, 'crop'),
  };
}
