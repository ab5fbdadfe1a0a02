/** CLIP's vision transformer (Dosovitskiy et al. 2021, arXiv 2010.11929; Radford et al. 2021, arXiv 2103.00020, 2.4). */
import {
  add,
  concat,
  type Dim,
  dimValue,
  expand,
  gather,
  mul,
  multiplyDims,
  range,
  reshape,
  slice,
  transpose,
  type Value,
} from '../../graph/index.ts';
import type { VitConfig } from '../config.ts';
import { norm } from './layers.ts';
import type { Segment } from './segment.ts';
import { blocks, EPSILON } from './transformer.ts';
import type { Builder } from './weights.ts';

export interface VitOptions {
  /**
   * How many patches of a picture enter the blocks, as in FLIP (Li et al. 2023, arXiv 2212.00794). They are chosen by
   * the input `kept`, int64 [batch, 1 + patches kept]: places among a picture's tokens, the class token's 0 among them.
   * Default: all.
   */
  readonly patchesKept?: number;
}

/** pixels [batch, 3, resolution, resolution] → features [batch, embedDim]. */
export function vitSegments(
  config: VitConfig,
  embedDim: number,
  { patchesKept }: VitOptions = {},
): Segment[] {
  const { width, layers, heads, mlp } = config;
  return [
    {
      kind: 'stem',
      prefix: 'visual',
      build: (b, pixels) => {
        const all = tokens(b, config, pixels);
        return norm(b.within('ln_pre'), patchesKept ? chosen(all, patchesKept) : all, EPSILON);
      },
    },
    ...blocks('visual.', layers, { width, heads, mlp, causal: false }),
    {
      kind: 'head',
      prefix: 'visual',
      build: (b, x) => {
        const first = reshape(slice(x, [{ axis: 1, start: 0, end: 1 }]), [x.shape[0]!, width]);
        const pooled = norm(b.within('ln_post'), first, EPSILON);
        return b.lowering.project(pooled, b.weight('proj', width, embedDim));
      },
    },
  ];
}

/** The tokens that the input `kept` names. */
function chosen(x: Value, patches: number): Value {
  const { graph } = x;
  const [batch, count, width] = x.shape as [Dim, number, number];
  const kept = graph.input('kept', 'int64', [batch, 1 + patches]);
  const first = mul(range(dimValue(graph, batch), batch), graph.integers([count]));
  return gather(reshape(x, [multiplyDims([batch, count]), width]), add(kept, reshape(first, [batch, 1])));
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
