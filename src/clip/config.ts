/** What a CLIP is made of: the sizes of its towers and how pictures enter it. */

/** A Vision Transformer. Activation QuickGELU, layer norms with ε 1e-5, no dropout. */
export interface VitConfig {
  readonly kind: 'vit';
  /** Side of the square picture, in pixels; a multiple of `patch`. */
  readonly resolution: number;
  /** Side of a patch, in pixels. */
  readonly patch: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the hidden layer of each block's perceptron: 4 · width. */
  readonly mlp: number;
}

/** CLIP's modified ResNet with attention pooling. Batch norms with ε 1e-5. */
export interface ResNetConfig {
  readonly kind: 'resnet';
  /** Side of the square picture, in pixels; a multiple of 32. */
  readonly resolution: number;
  /** Channels after the stem; the features have 32 · width. */
  readonly width: number;
  /** Bottleneck blocks of each of the four stages. */
  readonly layers: readonly [number, number, number, number];
  /** Heads of the attention pool. */
  readonly heads: number;
}

/** Chinese-CLIP's text tower, a BERT. Activation GELU (by erf), absolute positions. */
export interface BertConfig {
  readonly kind: 'bert';
  readonly vocabSize: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediate: number;
  /** Rows of the position table: the longest text, in tokens. */
  readonly maxPositions: number;
  readonly typeVocabSize: number;
  readonly hiddenAct: 'gelu';
  /** Dropout of hidden states, in training. */
  readonly dropout: number;
  /** Dropout of attention probabilities, in training. */
  readonly attentionDropout: number;
  /** Standard deviation of new weights. */
  readonly initializerRange: number;
  readonly layerNormEps: number;
}

/** English CLIP's text tower: a transformer whose tokens see only those before. QuickGELU, layer norms with ε 1e-5. */
export interface CausalTextConfig {
  readonly kind: 'causal';
  readonly vocabSize: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the hidden layer of each block's perceptron. */
  readonly intermediate: number;
  /** Rows of the position table: the longest text, in tokens. */
  readonly maxPositions: number;
}

/** How a picture becomes the image tower's input. */
export interface PixelsConfig {
  /** Side of the square the picture becomes: the image tower's resolution. */
  readonly size: number;
  /**
   * `squash`: to the square whatever its shape, as Chinese-CLIP does. `crop`: its shorter side to the square's, and the
   * middle of it, as English CLIP does.
   */
  readonly fit: 'squash' | 'crop';
  /** Per channel, of values from 0 to 1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /**
   * Whether the picture is resized before it becomes RGB, as cn_clip, ModelScope and OpenAI do, or after, as Hugging
   * Face does. It matters for palettes, transparency and other modes, and for which pixel is the middle of an odd rest.
   */
  readonly order: 'resize-first' | 'rgb-first';
}

interface ClipWith<Text> {
  readonly name?: string;
  /** Length of the feature vectors. */
  readonly embedDim: number;
  readonly image: VitConfig | ResNetConfig;
  readonly text: Text;
  readonly pixels: PixelsConfig;
}

export type ChineseClipConfig = ClipWith<BertConfig>;
export type EnglishClipConfig = ClipWith<CausalTextConfig>;
export type ClipConfig = ChineseClipConfig | EnglishClipConfig;

/** Whether a model's texts are Chinese. */
export function isChinese(config: ClipConfig): config is ChineseClipConfig {
  return config.text.kind === 'bert';
}

/** Means and standard deviations of CLIP's training pictures, as every Chinese-CLIP uses them too. */
export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** The tokens of a text that Chinese-CLIP was trained on. */
export const CONTEXT_LENGTH = 52;

/** The ε of BERT's layer norms. */
export const BERT_LAYER_NORM_EPS = 1e-12;

/** Pictures as cn_clip prepares them for a tower of this resolution. */
export function cnClipPixels(size: number): PixelsConfig {
  return { size, fit: 'squash', mean: CLIP_MEAN, std: CLIP_STD, order: 'resize-first' };
}

/** Pictures as OpenAI prepares them for a tower of this resolution. */
export function openaiPixels(size: number): PixelsConfig {
  return { ...cnClipPixels(size), fit: 'crop' };
}
