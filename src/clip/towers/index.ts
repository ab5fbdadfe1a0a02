/** The towers: pure functions from (weights, config, input) to features, in any lowering. */
import type { Value } from '../../graph/index.ts';
import type { ClipConfig } from '../config.ts';
import { bert } from './bert.ts';
import { causalText } from './causal-text.ts';
import { resnet } from './resnet.ts';
import { type TowerOutput, vit } from './vit.ts';
import type { Builder } from './weights.ts';

export type { TowerOutput } from './vit.ts';
export { type Builder, builder } from './weights.ts';

/** pixels float32 [batch, 3, resolution, resolution] → features [batch, embedDim], not normalised. */
export function imageTower(b: Builder, { image, embedDim }: ClipConfig, pixels: Value): TowerOutput {
  const visual = b.within('visual');
  return image.kind === 'vit'
    ? vit(visual, image, embedDim, pixels)
    : resnet(visual, image, embedDim, pixels);
}

/** ids int64 [batch, sequence], 0 after the last token → features [batch, embedDim], not normalised. */
export function textTower(b: Builder, { text, embedDim }: ClipConfig, ids: Value): TowerOutput {
  return text.kind === 'bert' ? bert(b, text, embedDim, ids) : causalText(b, text, embedDim, ids);
}
