/** CLIP's vision transformer (Dosovitskiy et al. 2021, arXiv 2010.11929; Radford et al. 2021, arXiv 2103.00020, 2.4). */
import {
  add,
  concat,
  expand,
  quickGelu,
  reshape,
  slice,
  split,
  transpose,
  type Value,
} from '../../graph/index.ts';
import type { VitConfig } from '../config.ts';
import { dense, norm } from './layers.ts';
import type { Builder } from './weights.ts';

/** The features of a tower and what lies on the way to them. */
export interface TowerOutput {
  /** [batch, embedDim], not normalised. */
  readonly features: Value;
  /** The input of the first block and the output of every block. */
  readonly hidden: readonly Value[];
}

const EPSILON = 1e-5;

/** pixels [batch, 3, resolution, resolution] → features [batch, embedDim]. */
export function vit(b: Builder, config: VitConfig, embedDim: number, pixels: Value): TowerOutput {
  const { width, layers } = config;
  let x = norm(b.within('ln_pre'), tokens(b, config, pixels), EPSILON);
  const hidden = [x];
  for (let i = 0; i < layers; i++) {
    x = block(b.within(`transformer.resblocks.${i}`), config, x);
    hidden.push(x);
  }
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

function block(b: Builder, { width, heads, mlp: inner }: VitConfig, x: Value): Value {
  const attended = add(x, selfAttention(b.within('attn'), heads, norm(b.within('ln_1'), x, EPSILON)));
  const mlp = b.within('mlp');
  const raised = quickGelu(dense(mlp.within('c_fc'), norm(b.within('ln_2'), attended, EPSILON), inner));
  return add(attended, dense(mlp.within('c_proj'), raised, width));
}

function selfAttention(b: Builder, heads: number, x: Value): Value {
  const width = x.shape.at(-1) as number;
  const packed = b.lowering.linear(
    x,
    b.weight('in_proj_weight', 3 * width, width),
    b.weight('in_proj_bias', 3 * width),
  );
  const [query, key, value] = split(packed, 2, [width, width, width]) as [Value, Value, Value];
  return dense(b.within('out_proj'), b.lowering.attention({ query, key, value, heads }), width);
}
