/** The small files of a folder that transformers.js and Hugging Face's libraries read. */
import type { ChineseClipConfig } from '../config.ts';
import { tokenizerConfig, tokenizerJson } from './tokenizer-json.ts';

/** Files by their names, of plain data. */
export function transformersFiles(
  config: ChineseClipConfig,
  vocabulary: string,
  contextLength: number,
  external: readonly string[],
): Record<string, object> {
  return {
    'config.json': {
      ...modelConfig(config),
      ...(external.length === 0
        ? {}
        : { 'transformers.js_config': { use_external_data_format: namesOf(external) } }),
    },
    'preprocessor_config.json': preprocessorConfig(config),
    'tokenizer.json': tokenizerJson(vocabulary),
    'tokenizer_config.json': tokenizerConfig(contextLength),
  };
}

/** One data file beside each of these graphs. */
function namesOf(graphs: readonly string[]): Record<string, number> {
  return Object.fromEntries(graphs.map((name) => [name, 1]));
}

/** The keys of `ChineseCLIPConfig`; a ResNet, which it does not know, is left out: the graph says what it is. */
function modelConfig({ embedDim, image, text }: ChineseClipConfig): object {
  return {
    architectures: ['ChineseCLIPModel'],
    model_type: 'chinese_clip',
    projection_dim: embedDim,
    text_config: {
      model_type: 'chinese_clip_text_model',
      vocab_size: text.vocabSize,
      hidden_size: text.hidden,
      num_hidden_layers: text.layers,
      num_attention_heads: text.heads,
      intermediate_size: text.intermediate,
      hidden_act: text.hiddenAct,
      max_position_embeddings: text.maxPositions,
      type_vocab_size: text.typeVocabSize,
      layer_norm_eps: text.layerNormEps,
    },
    ...(image.kind === 'resnet'
      ? {}
      : {
          vision_config: {
            model_type: 'chinese_clip_vision_model',
            image_size: image.resolution,
            patch_size: image.patch,
            hidden_size: image.width,
            num_hidden_layers: image.layers,
            num_attention_heads: image.heads,
            intermediate_size: image.mlp,
            hidden_act: 'quick_gelu',
            layer_norm_eps: 1e-5,
          },
        }),
  };
}

function preprocessorConfig({ pixels: { size, mean, std } }: ChineseClipConfig): object {
  return {
    feature_extractor_type: 'ChineseCLIPFeatureExtractor', // The name that transformers.js knows.
    do_convert_rgb: true,
    do_resize: true,
    size: { height: size, width: size },
    resample: 3,
    do_center_crop: false,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
  };
}
