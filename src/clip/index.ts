/** Chinese-CLIP: configurations, checkpoints, tokenizer, pixels, towers. */
export type { BertConfig, ClipConfig, PixelsConfig, ResNetConfig, VitConfig } from './config.ts';
export { CLIP_MEAN, CLIP_STD, cnClipPixels } from './config.ts';
export {
  type LayoutName,
  type ReadModel,
  readModelFolder,
  type StoredModel,
  writeTuwen,
} from './layouts/index.ts';
export { bufferShapes, parameterCount, parameterShapes, stateEntries } from './parameters.ts';
export { createTokenizer, type Tokenizer, type TokenizerOptions } from './tokenizer/index.ts';
export { type Builder, builder, imageTower, type TowerOutput, textTower } from './towers/index.ts';
