import {
  type CausalTextConfig,
  type ClipConfig,
  type EnglishClipConfig,
  openaiPixels,
  type ResNetConfig,
} from './config.ts';

/** The sizes OpenAI published, by the names that sentence-transformers gave them. */
const ROWS = {
  'clip-RN50': [1024, resnet(224, 64, [3, 4, 6, 3]), text(512)],
  'clip-RN101': [512, resnet(224, 64, [3, 4, 23, 3]), text(512)],
  'clip-RN50x4': [640, resnet(288, 80, [4, 6, 10, 6]), text(640)],
  'clip-RN50x16': [768, resnet(384, 96, [6, 8, 18, 8]), text(768)],
  'clip-RN50x64': [1024, resnet(448, 128, [3, 15, 36, 10]), text(1024)],
  'clip-ViT-B-32': [512, vit(224, 32, 768, 12), text(512)],
  'clip-ViT-B-16': [512, vit(224, 16, 768, 12), text(512)],
  'clip-ViT-L-14': [768, vit(224, 14, 1024, 24), text(768)],
  'clip-ViT-L-14-336': [768, vit(336, 14, 1024, 24), text(768)],
} as const satisfies Record<
  string,
  readonly [embedDim: number, image: ClipConfig['image'], text: CausalTextConfig]
>;

export type OpenaiName = keyof typeof ROWS;

export const OPENAI_NAMES = Object.keys(ROWS) as readonly OpenaiName[];

/** The configuration of an English CLIP that OpenAI published. */
export function openaiConfig(name: OpenaiName): EnglishClipConfig {
  const [embedDim, image, text] = ROWS[name];
  return { name, embedDim, image, text, pixels: openaiPixels(image.resolution) };
}

function vit(resolution: number, patch: number, width: number, layers: number) {
  return { kind: 'vit', resolution, patch, width, layers, heads: width / 64, mlp: 4 * width } as const;
}

function resnet(resolution: number, width: number, layers: ResNetConfig['layers']) {
  return { kind: 'resnet', resolution, width, layers, heads: width / 2 } as const;
}

function text(hidden: number): CausalTextConfig {
  const [heads, intermediate] = [hidden / 64, 4 * hidden];
  return { kind: 'causal', vocabSize: 49_408, hidden, layers: 12, heads, intermediate, maxPositions: 77 };
}
