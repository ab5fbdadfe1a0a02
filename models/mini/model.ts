import { readFile } from 'node:fs/promises';
import { type ChineseClipConfig, cnClipPixels } from '../../src/clip/index.ts';
import { recipePath } from './data/files.ts';

/** The architecture of `mini`: a small modified ResNet and a three-layer BERT, 11.9 million parameters. */
export const MINI: ChineseClipConfig = {
  name: 'mini',
  embedDim: 256,
  image: { kind: 'resnet', resolution: 64, width: 24, layers: [1, 2, 2, 2], heads: 12 },
  text: {
    kind: 'bert',
    vocabSize: 21_128,
    hidden: 256,
    layers: 3,
    heads: 4,
    intermediate: 1024,
    maxPositions: 512,
    typeVocabSize: 2,
    hiddenAct: 'gelu',
    dropout: 0,
    attentionDropout: 0,
    initializerRange: 0.02,
    layerNormEps: 1e-12,
  },
  pixels: cnClipPixels(64),
};

/** The folder of the second stage's run. */
export const PICTURES_RUN = recipePath('build/logs/pictures');

/** The seed of everything random in the recipe. */
export const SEED = 20_261_123;

/** Google's vocabulary of Chinese BERT, which every Chinese-CLIP uses. */
export function readVocabulary(): Promise<string> {
  return readFile(recipePath('model/vocab.txt'), 'utf8');
}
