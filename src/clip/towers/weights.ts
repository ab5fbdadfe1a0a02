import type { Graph, Lowering, Value } from '../../graph/index.ts';

/** What a tower is built from: the form its layers take, and its weights by their cn_clip names. */
export interface Builder {
  readonly lowering: Lowering;
  /** The weight of this name below the builder's own. */
  readonly weight: (name: string, ...shape: number[]) => Value;
  /** A builder for the part of the model called `name`. */
  readonly within: (name: string) => Builder;
}

/** A builder for the weights whose names begin with `prefix` (`''` for all). */
export function builder(graph: Graph, lowering: Lowering, prefix = ''): Builder {
  return {
    lowering,
    weight: (name, ...shape) => lowering.weight(graph, prefix + name, shape),
    within: (name) => builder(graph, lowering, `${prefix}${name}.`),
  };
}
