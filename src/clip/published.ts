import {
  BERT_LAYER_NORM_EPS,
  type BertConfig,
  type ChineseClipConfig,
  type ClipConfig,
  cnClipPixels,
  type ResNetConfig,
  type VitConfig,
} from './config.ts';

/** RoBERTa-wwm-ext-base-chinese. */
const BASE: BertConfig = {
  kind: 'bert',
  vocabSize: 21128,
  hidden: 768,
  layers: 12,
  heads: 12,
  intermediate: 3072,
  maxPositions: 512,
  typeVocabSize: 2,
  hiddenAct: 'gelu',
  dropout: 0.1,
  attentionDropout: 0.1,
  initializerRange: 0.02,
  layerNormEps: BERT_LAYER_NORM_EPS,
};

/** RoBERTa-wwm-ext-large-chinese. */
const LARGE: BertConfig = { ...BASE, hidden: 1024, layers: 24, heads: 16, intermediate: 4096 };

/** RBT3-chinese. */
const RBT3: BertConfig = { ...BASE, layers: 3 };

/** The sizes of Chinese-CLIP by the names it was published under (ViT-B-32: defined, never trained). */
const ROWS = {
  RN50: [1024, resnet(224, 64, [3, 4, 6, 3], 64), RBT3],
  'ViT-B-16': [512, vit(224, 16, 768, 12, 64), BASE],
  'ViT-B-32': [512, vit(224, 32, 768, 12, 64), BASE],
  'ViT-L-14': [768, vit(224, 14, 1024, 24, 64), BASE],
  'ViT-L-14-336': [768, vit(336, 14, 1024, 24, 64), BASE],
  'ViT-H-14': [1024, vit(224, 14, 1280, 32, 80), LARGE],
} as const satisfies Record<
  string,
  readonly [embedDim: number, image: ClipConfig['image'], text: BertConfig]
>;

export type PublishedName = keyof typeof ROWS;

export const PUBLISHED_NAMES = Object.keys(ROWS) as readonly PublishedName[];

/** The configuration of a published size. */
export function publishedConfig(name: PublishedName): ChineseClipConfig {
  const [embedDim, image, text] = ROWS[name];
  return { name, embedDim, image, text, pixels: cnClipPixels(image.resolution) };
}

function vit(resolution: number, patch: number, width: number, layers: number, headWidth: number): VitConfig {
  return { kind: 'vit', resolution, patch, width, layers, heads: width / headWidth, mlp: 4 * width };
}

function resnet(
  resolution: number,
  width: number,
  layers: ResNetConfig['layers'],
  headWidth: number,
): ResNetConfig {
  return { kind: 'resnet', resolution, width, layers, heads: (width * 32) / headWidth };
}
