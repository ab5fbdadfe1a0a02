/** CLIP's vision transformer (Dosovitskiy et al. 2021, arXiv 2010.11929; Radford et al. 2021, arXiv 2103.00020, 2.4). */
import { add, concat, expand, reshape, slice, transpose, type Value } from '../../graph/index.ts';
import type { VitConfig } from '../config.ts';
import { norm } from './layers.ts';
import { EPSILON, transformer } from './transformer.ts';
import type { Builder } from './weights.ts';

/** The features of a tower and what lies on the way to them. */
export interface TowerOutput {
  /** [batch, embedDim], not normalised. */
  readonly features: Value;
  /** The input of the first block and the output of every block. */
  readonly hidden: readonly Value[];
}

/** pixels [batch, 3, resolution, resolution] → features [batch, embedDim]. */
export function vit(b: Builder, config: VitConfig, embedDim: number, pixels: Value): TowerOutput {
  const { width, layers, heads, mlp } = config;
  const embedded = norm(b.within('ln_pre'), tokens(b, config, pixels), EPSILON);
  const hidden = transformer(b, layers, { width, heads, mlp, causal: false }, embedded);
  const x = hidden.at(-1)!;
  const first = reshape(slice(x, [{ axis: 1, start: 0, end: 1 }]), [x.shape[0]!, width]);
  const pooled = norm(b.within('ln_post'), first, EPSILON);
  return { features: b.lowering.project(pooled, b.weight('proj', width, embedDim)), hidden };
}

/** Class token and patches, with their positions: [batch, 1 + patches, width]. */
function tokens(b: Builder, { resolution, patch, width }: VitConfig, pixels: Value): Value {
  const [batch, channels] = [pixels.shape[0]!, 3];
  const side = Math.floor(resolution / patch);
  const cut = side * patch;
  const whole =
    cut === resolution
      ? pixels
      : slice(
          pixels,
          [2, 3].map((axis) => ({ axis, start: 0, end: cut })),
        );
  const grid = reshape(whole, [batch, channels, side, patch, side, patch]);
  const size = channels * patch * patch;
  const patches = reshape(transpose(grid, [0, 2, 4, 1, 3, 5]), [batch, side * side, size]);
  const kernel = reshape(b.weight('conv1.weight', width, channels, patch, patch), [width, size]);
  const token = expand(reshape(b.weight('class_embedding', width), [1, 1, width]), [batch, 1, width]);
  const all = concat([token, b.lowering.linear(patches, kernel)], 1);
  return add(all, b.weight('positional_embedding', side * side + 1, width));
}
