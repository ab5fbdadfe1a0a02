import type { Value } from '../../graph/index.ts';
import type { Builder } from './weights.ts';

/**
 * A link of the chain that a tower is. Segments of one kind are the same function of other weights, so what is compiled
 * for one serves all; between them lies a single value.
 */
export interface Segment {
  readonly kind: string;
  /** Where its weights stand in the model, such as `visual.transformer.resblocks.3`; '' for names of the whole model. */
  readonly prefix: string;
  /**
   * @param b builds from the weights below `prefix`
   * @param x what the segment before gives; for the first, the tower's input
   * @param input the tower's input
   */
  readonly build: (b: Builder, x: Value, input: Value) => Value;
}

/** What every segment of a chain gives, the features last. */
export function chained(b: Builder, segments: readonly Segment[], input: Value): Value[] {
  const values = [input];
  for (const { prefix, build } of segments) {
    values.push(build(prefix === '' ? b : b.within(prefix), values.at(-1)!, input));
  }
  return values.slice(1);
}
