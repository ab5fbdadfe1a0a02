/** The configuration keys of cn_clip, as in its `model_configs`, ModelScope's folders and our own. */
import { z } from 'zod';
import { BERT_LAYER_NORM_EPS, type ChineseClipConfig, cnClipPixels } from '../config.ts';
import {
  layerCount,
  parseConfig,
  probability,
  requireMultiple,
  requireSupported,
  size,
  tableRows,
} from './checked.ts';

/** Blocks of a ViT, or of each stage of a ResNet; cn_clip's RN50 has those as the text "[3,4,6,3]". */
const stages = z.tuple([layerCount, layerCount, layerCount, layerCount]);
const stagesAsText = z
  .string()
  .regex(/^\s*\[\s*\d{1,3}(\s*,\s*\d{1,3}){3}\s*\]\s*$/)
  .transform((text) => (text.match(/\d+/g) as string[]).map(Number))
  .pipe(stages);

/** The keys of an image tower, which English CLIP has too. */
export const visionKeys = {
  embed_dim: size,
  image_resolution: size,
  vision_layers: z.union([layerCount, stages, stagesAsText]),
  vision_width: size,
  vision_patch_size: size.nullish(),
  vision_head_width: size.default(64),
};

const CnClipConfig = z.object({
  ...visionKeys,
  vocab_size: tableRows,
  text_attention_probs_dropout_prob: probability,
  text_hidden_act: z.string(),
  text_hidden_dropout_prob: probability,
  text_hidden_size: size,
  text_initializer_range: z.number().min(0),
  text_intermediate_size: size,
  text_max_position_embeddings: size,
  text_num_attention_heads: size,
  text_num_hidden_layers: layerCount,
  text_type_vocab_size: size,
});

type CnClipConfig = z.output<typeof CnClipConfig>;

/**
 * Reads cn_clip's keys of both towers from one object (its two files, merged); other keys are ignored. `file` names
 * the source in errors. Throws TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED.
 */
export function parseCnClipConfig(json: unknown, file: string): ChineseClipConfig {
  const keys = parseConfig(CnClipConfig, json, file);
  requireSupported(file, 'text_hidden_act', keys.text_hidden_act, 'gelu');
  requireMultiple(
    file,
    'text_hidden_size',
    keys.text_hidden_size,
    keys.text_num_attention_heads,
    'text_num_attention_heads',
  );
  return {
    embedDim: keys.embed_dim,
    image: imageOf(keys, file),
    text: {
      kind: 'bert',
      vocabSize: keys.vocab_size,
      hidden: keys.text_hidden_size,
      layers: keys.text_num_hidden_layers,
      heads: keys.text_num_attention_heads,
      intermediate: keys.text_intermediate_size,
      maxPositions: keys.text_max_position_embeddings,
      typeVocabSize: keys.text_type_vocab_size,
      hiddenAct: 'gelu',
      dropout: keys.text_hidden_dropout_prob,
      attentionDropout: keys.text_attention_probs_dropout_prob,
      initializerRange: keys.text_initializer_range,
      layerNormEps: BERT_LAYER_NORM_EPS,
    },
    pixels: cnClipPixels(keys.image_resolution),
  };
}

type VisionKeys = Pick<CnClipConfig, keyof typeof visionKeys>;

/** The image tower that cn_clip's keys describe. Throws TUWEN_CONFIG_INVALID. */
export function imageOf(keys: VisionKeys, file: string): ChineseClipConfig['image'] {
  const { image_resolution: resolution, vision_width: width, vision_head_width: headWidth } = keys;
  const layers = keys.vision_layers;
  if (typeof layers !== 'number') {
    requireMultiple(file, 'image_resolution', resolution, 32, '32');
    requireMultiple(file, 'vision_width', width, 2, '2');
    requireMultiple(file, 'vision_width · 32', width * 32, headWidth, 'vision_head_width');
    return { kind: 'resnet', resolution, width, layers, heads: (width * 32) / headWidth };
  }
  const patch = parseConfig(z.object({ vision_patch_size: size }), keys, file).vision_patch_size;
  requireMultiple(file, 'image_resolution', resolution, patch, 'vision_patch_size');
  requireMultiple(file, 'vision_width', width, headWidth, 'vision_head_width');
  return { kind: 'vit', resolution, patch, width, layers, heads: width / headWidth, mlp: 4 * width };
}

/** The keys of both towers, merged, as cn_clip would write them. The inverse of `parseCnClipConfig`. */
export function toCnClipConfig(config: ChineseClipConfig): z.input<typeof CnClipConfig> {
  return { ...toVisionKeys(config), ...toTextKeys(config) };
}

/** cn_clip's keys of a text tower. */
export function toTextKeys({ text }: Pick<ChineseClipConfig, 'text'>) {
  return {
    vocab_size: text.vocabSize,
    text_attention_probs_dropout_prob: text.attentionDropout,
    text_hidden_act: text.hiddenAct,
    text_hidden_dropout_prob: text.dropout,
    text_hidden_size: text.hidden,
    text_initializer_range: text.initializerRange,
    text_intermediate_size: text.intermediate,
    text_max_position_embeddings: text.maxPositions,
    text_num_attention_heads: text.heads,
    text_num_hidden_layers: text.layers,
    text_type_vocab_size: text.typeVocabSize,
  };
}

/** cn_clip's keys of an image tower. The inverse of `imageOf`. */
export function toVisionKeys({
  embedDim,
  image,
}: Pick<ChineseClipConfig, 'embedDim' | 'image'>): z.input<z.ZodObject<typeof visionKeys>> {
  const features = image.kind === 'vit' ? image.width : image.width * 32;
  return {
    embed_dim: embedDim,
    image_resolution: image.resolution,
    vision_layers: image.kind === 'vit' ? image.layers : [...image.layers],
    vision_width: image.width,
    vision_patch_size: image.kind === 'vit' ? image.patch : null,
    vision_head_width: features / image.heads,
  };
}
