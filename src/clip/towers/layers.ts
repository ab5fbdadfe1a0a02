/** The layers that several towers share. Shapes: x [batch, tokens, width]. */
import { layerNorm, type Value } from '../../graph/index.ts';
import type { Builder } from './weights.ts';

/** x·Wᵀ + b with `weight` [out, in] and `bias` [out]. */
export function dense(b: Builder, x: Value, outputs: number): Value {
  const inputs = x.shape.at(-1) as number;
  return b.lowering.linear(x, b.weight('weight', outputs, inputs), b.weight('bias', outputs));
}

/** Layer normalisation over the last axis. */
export function norm(b: Builder, x: Value, epsilon: number): Value {
  const width = x.shape.at(-1) as number;
  return layerNorm(x, b.weight('weight', width), b.weight('bias', width), epsilon);
}
