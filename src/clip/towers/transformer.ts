/** The transformer blocks of both towers of OpenAI's CLIP (Radford et al. 2021, arXiv 2103.00020, section 2.4). */
import { add, split, type Value } from '../../graph/index.ts';
import { dense, norm } from './layers.ts';
import type { Segment } from './segment.ts';
import type { Builder } from './weights.ts';

/** The ε of every layer norm of CLIP's own towers. */
export const EPSILON = 1e-5;

export interface BlockSizes {
  readonly width: number;
  readonly heads: number;
  /** Width of the perceptron's hidden layer. */
  readonly mlp: number;
  /** Whether a token sees only itself and those before. */
  readonly causal: boolean;
}

/** x [batch, tokens, width] → the same after each block, the weights in `<prefix>transformer.resblocks`. */
export function blocks(prefix: string, layers: number, sizes: BlockSizes): Segment[] {
  return Array.from({ length: layers }, (_, i) => ({
    kind: 'block',
    prefix: `${prefix}transformer.resblocks.${i}`,
    build: (b, x) => block(b, sizes, x),
  }));
}

function block(b: Builder, sizes: BlockSizes, x: Value): Value {
  const attended = add(x, selfAttention(b.within('attn'), sizes, norm(b.within('ln_1'), x, EPSILON)));
  const mlp = b.within('mlp');
  const raised = b.lowering.quickGelu(
    dense(mlp.within('c_fc'), norm(b.within('ln_2'), attended, EPSILON), sizes.mlp),
  );
  return add(attended, dense(mlp.within('c_proj'), raised, sizes.width));
}

function selfAttention(b: Builder, { width, heads, causal }: BlockSizes, x: Value): Value {
  const packed = b.lowering.linear(
    x,
    b.weight('in_proj_weight', 3 * width, width),
    b.weight('in_proj_bias', 3 * width),
  );
  const [query, key, value] = split(packed, 2, [width, width, width]) as [Value, Value, Value];
  return dense(b.within('out_proj'), b.lowering.attention({ query, key, value, heads, causal }), width);
}
