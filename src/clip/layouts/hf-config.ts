/**
 * Hugging Face's `config.json` and `preprocessor_config.json` of a Chinese-CLIP. Files saved by newer versions leave out
 * what equals the class defaults of transformers' `ChineseCLIPConfig`, so those stand here.
 */
import { z } from 'zod';
import { BERT_LAYER_NORM_EPS, type ChineseClipConfig, type VitConfig } from '../config.ts';
import {
  layerCount,
  parseConfig,
  probability,
  requireMultiple,
  requireSupported,
  size,
  tableRows,
} from './checked.ts';
import { hfPixels, type PreprocessorFile } from './hf-pixels.ts';

/** The keys of an image tower, which English CLIP's has too, with the same defaults. */
export const VisionConfig = z.object({
  hidden_size: size.default(768),
  intermediate_size: size.default(3072),
  num_hidden_layers: layerCount.default(12),
  num_attention_heads: size.default(12),
  num_channels: z.int().default(3),
  image_size: size.default(224),
  patch_size: size.default(32),
  hidden_act: z.string().default('quick_gelu'),
  layer_norm_eps: z.number().default(1e-5),
});

const TextConfig = z.object({
  vocab_size: tableRows.default(30_522),
  hidden_size: size.default(768),
  num_hidden_layers: layerCount.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  hidden_act: z.string().default('gelu'),
  hidden_dropout_prob: probability.default(0.1),
  attention_probs_dropout_prob: probability.default(0.1),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  initializer_range: z.number().min(0).default(0.02),
  layer_norm_eps: z.number().default(BERT_LAYER_NORM_EPS),
  position_embedding_type: z.string().default('absolute'),
});

const HfConfig = z.object({
  projection_dim: size.default(512),
  vision_config: VisionConfig.prefault({}),
  text_config: TextConfig.prefault({}),
});

type HfConfig = z.output<typeof HfConfig>;

/** The two files of a folder, as parsed JSON, each with the path to name in errors. */
export interface HfConfigFiles {
  config: { file: string; json: unknown };
  /** Left out, pictures are prepared as all published models do. */
  preprocessor?: PreprocessorFile | undefined;
}

/**
 * Reads the configuration of a Hugging Face folder. Throws TUWEN_CONFIG_INVALID, and TUWEN_CONFIG_UNSUPPORTED for what
 * Chinese-CLIP does not do: other activations, relative positions, cropping.
 */
export function parseHfConfig({ config, preprocessor }: HfConfigFiles): ChineseClipConfig {
  const { file } = config;
  const {
    projection_dim,
    vision_config: vision,
    text_config: text,
  } = parseConfig(HfConfig, config.json, file);
  checkText(text, file);
  return {
    embedDim: projection_dim,
    image: hfImage(vision, file),
    text: {
      kind: 'bert',
      vocabSize: text.vocab_size,
      hidden: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      intermediate: text.intermediate_size,
      maxPositions: text.max_position_embeddings,
      typeVocabSize: text.type_vocab_size,
      hiddenAct: 'gelu',
      dropout: text.hidden_dropout_prob,
      attentionDropout: text.attention_probs_dropout_prob,
      initializerRange: text.initializer_range,
      layerNormEps: text.layer_norm_eps,
    },
    pixels: hfPixels(preprocessor, vision.image_size, 'squash'),
  };
}

/** The image tower of a configuration. Throws TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED. */
export function hfImage(vision: z.output<typeof VisionConfig>, file: string): VitConfig {
  const key = (name: string) => `vision_config.${name}`;
  requireSupported(file, key('hidden_act'), vision.hidden_act, 'quick_gelu');
  requireSupported(file, key('layer_norm_eps'), vision.layer_norm_eps, 1e-5);
  requireSupported(file, key('num_channels'), vision.num_channels, 3);
  requireSupported(file, key('intermediate_size'), vision.intermediate_size, 4 * vision.hidden_size);
  requireMultiple(file, key('image_size'), vision.image_size, vision.patch_size, 'patch_size');
  requireMultiple(
    file,
    key('hidden_size'),
    vision.hidden_size,
    vision.num_attention_heads,
    'num_attention_heads',
  );
  return {
    kind: 'vit',
    resolution: vision.image_size,
    patch: vision.patch_size,
    width: vision.hidden_size,
    layers: vision.num_hidden_layers,
    heads: vision.num_attention_heads,
    mlp: vision.intermediate_size,
  };
}

function checkText(text: HfConfig['text_config'], file: string): void {
  const key = (name: string) => `text_config.${name}`;
  requireSupported(file, key('hidden_act'), text.hidden_act, 'gelu');
  requireSupported(file, key('position_embedding_type'), text.position_embedding_type, 'absolute');
  requireSupported(file, key('layer_norm_eps'), text.layer_norm_eps, BERT_LAYER_NORM_EPS);
  requireMultiple(
    file,
    key('hidden_size'),
    text.hidden_size,
    text.num_attention_heads,
    'num_attention_heads',
  );
}
