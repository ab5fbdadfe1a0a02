/** The towers: pure functions from (weights, config, input) to features, in any lowering. */
import type { Value } from '../../graph/index.ts';
import type { ClipConfig } from '../config.ts';
import { bertSegments } from './bert.ts';
import { causalTextSegments } from './causal-text.ts';
import { resnet } from './resnet.ts';
import { chained, type Segment } from './segment.ts';
import type { TowerOutput } from './tower-output.ts';
import { type VitOptions, vitSegments } from './vit.ts';
import type { Builder } from './weights.ts';

export { chained, type Segment } from './segment.ts';
export type { TowerOutput } from './tower-output.ts';
export type { VitOptions } from './vit.ts';
export { type Builder, builder } from './weights.ts';

/** pixels float32 [batch, 3, resolution, resolution] → features [batch, embedDim], not normalised. */
export function imageTower(b: Builder, { image, embedDim }: ClipConfig, pixels: Value): TowerOutput {
  return image.kind === 'vit'
    ? outputOf(chained(b, vitSegments(image, embedDim), pixels))
    : resnet(b.within('visual'), image, embedDim, pixels);
}

/**
 * ids int64 [batch, sequence], 0 after the last token → features [batch, embedDim], not normalised. `mask`, int64 of the
 * same shape, says instead of the ids where a BERT's tokens are: 1, else 0.
 */
export function textTower(b: Builder, config: ClipConfig, ids: Value, mask?: Value): TowerOutput {
  return outputOf(chained(b, textSegments(config, mask), ids));
}

/** The image tower as a chain; a ResNet is a single link. */
export function imageSegments({ image, embedDim }: ClipConfig, options: VitOptions = {}): Segment[] {
  if (image.kind === 'vit') return vitSegments(image, embedDim, options);
  return [
    {
      kind: 'tower',
      prefix: 'visual',
      build: (b, pixels) => resnet(b, image, embedDim, pixels).features,
    },
  ];
}

/** The text tower as a chain; `mask` as for `textTower`. */
export function textSegments({ text, embedDim }: ClipConfig, mask?: Value): Segment[] {
  return text.kind === 'bert' ? bertSegments(text, embedDim, mask) : causalTextSegments(text, embedDim);
}

function outputOf(values: readonly Value[]): TowerOutput {
  return { features: values.at(-1)!, hidden: values.slice(0, -1) };
}
