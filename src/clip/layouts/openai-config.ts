/** The configuration of an English CLIP, by the names of the arguments that OpenAI's code builds a model from. */
import { z } from 'zod';
import { type EnglishClipConfig, openaiPixels } from '../config.ts';
import { layerCount, parseConfig, requireMultiple, size, tableRows } from './checked.ts';
import { imageOf, toVisionKeys, visionKeys } from './cn-clip-config.ts';

const OpenaiConfig = z.object({
  ...visionKeys,
  context_length: size,
  vocab_size: tableRows,
  transformer_width: size,
  transformer_heads: size,
  transformer_layers: layerCount,
});

/** Reads the keys of both towers; other keys are ignored. `file` names the source. Throws TUWEN_CONFIG_INVALID. */
export function parseOpenaiConfig(json: unknown, file: string): EnglishClipConfig {
  const keys = parseConfig(OpenaiConfig, json, file);
  const { transformer_width: width, transformer_heads: heads } = keys;
  requireMultiple(file, 'transformer_width', width, heads, 'transformer_heads');
  return {
    embedDim: keys.embed_dim,
    image: imageOf(keys, file),
    text: {
      kind: 'causal',
      vocabSize: keys.vocab_size,
      hidden: width,
      layers: keys.transformer_layers,
      heads,
      intermediate: 4 * width,
      maxPositions: keys.context_length,
    },
    pixels: openaiPixels(keys.image_resolution),
  };
}

/** The keys of both towers. The inverse of `parseOpenaiConfig`. */
export function toOpenaiConfig(config: EnglishClipConfig): z.input<typeof OpenaiConfig> {
  const { text } = config;
  return {
    ...toVisionKeys(config),
    context_length: text.maxPositions,
    vocab_size: text.vocabSize,
    transformer_width: text.hidden,
    transformer_heads: text.heads,
    transformer_layers: text.layers,
  };
}

/** Whether a configuration is one of an English CLIP. */
export function hasOpenaiKeys(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'transformer_width' in json;
}
