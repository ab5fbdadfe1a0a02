/** The small files of Hugging Face's layout, with every key that transformers writes. */
import type { BertConfig, ChineseClipConfig, VitConfig } from '../config.ts';
import type { ChineseVitConfig } from './able.ts';

/** config.json. The inverse of `parseHfConfig`. `dtype` is the type of the weights. */
export function toHfConfig({ embedDim, image, text }: ChineseVitConfig, dtype: string): object {
  return {
    architectures: ['ChineseCLIPModel'],
    dtype,
    initializer_factor: 1.0,
    initializer_range: 0.02,
    logit_scale_init_value: 2.6592,
    model_type: 'chinese_clip',
    projection_dim: embedDim,
    text_config: toHfText(text),
    torch_dtype: dtype,
    vision_config: toHfVision(image, embedDim),
  };
}

function toHfText(text: BertConfig): object {
  return {
    attention_probs_dropout_prob: text.attentionDropout,
    hidden_act: text.hiddenAct,
    hidden_dropout_prob: text.dropout,
    hidden_size: text.hidden,
    initializer_factor: 1.0,
    initializer_range: text.initializerRange,
    intermediate_size: text.intermediate,
    layer_norm_eps: text.layerNormEps,
    max_position_embeddings: text.maxPositions,
    model_type: 'chinese_clip_text_model',
    num_attention_heads: text.heads,
    num_hidden_layers: text.layers,
    pad_token_id: 0,
    position_embedding_type: 'absolute',
    type_vocab_size: text.typeVocabSize,
    use_cache: true,
    vocab_size: text.vocabSize,
  };
}

function toHfVision(image: VitConfig, embedDim: number): object {
  return {
    attention_dropout: 0.0,
    hidden_act: 'quick_gelu',
    hidden_size: image.width,
    image_size: image.resolution,
    initializer_factor: 1.0,
    initializer_range: 0.02,
    intermediate_size: image.mlp,
    layer_norm_eps: 1e-5,
    model_type: 'chinese_clip_vision_model',
    num_attention_heads: image.heads,
    num_channels: 3,
    num_hidden_layers: image.layers,
    patch_size: image.patch,
    projection_dim: embedDim,
  };
}

/** preprocessor_config.json: pictures squashed to a square by Pillow's bicubic filter. */
export function toHfPreprocessor({ pixels }: ChineseClipConfig): object {
  const square = { height: pixels.size, width: pixels.size };
  return {
    crop_size: square,
    do_center_crop: false,
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    feature_extractor_type: 'ChineseCLIPFeatureExtractor',
    image_mean: pixels.mean,
    image_processor_type: 'ChineseCLIPImageProcessor',
    image_std: pixels.std,
    resample: 3,
    rescale_factor: 1 / 255,
    size: square,
  };
}

/** tokenizer_config.json: BERT's rule, in lower case, by vocab.txt. */
export function toHfTokenizer({ text }: ChineseClipConfig): object {
  return {
    cls_token: '[CLS]',
    do_basic_tokenize: true,
    do_lower_case: true,
    mask_token: '[MASK]',
    model_max_length: text.maxPositions,
    pad_token: '[PAD]',
    sep_token: '[SEP]',
    strip_accents: null,
    tokenize_chinese_chars: true,
    tokenizer_class: 'BertTokenizer',
    unk_token: '[UNK]',
  };
}
