import { TuwenError } from '../base/index.ts';
import type { Node, Value } from './graph.ts';
import { sum } from './operators/elementwise.ts';
import { zeros } from './operators/sizes.ts';

/** A value whose gradient is known: where reverse mode starts. */
export interface Seed {
  readonly value: Value;
  /** Same shape as `value`; for a scalar loss, a constant 1. */
  readonly gradient: Value;
}

/**
 * Reverse-mode differentiation: adds to the graph the nodes that compute, for every value of `wrt`, the sum over the
 * seeds of its vector–Jacobian product. Returned in the order of `wrt`; zeros where a seed does not depend on it.
 */
export function gradients(seeds: readonly Seed[], wrt: readonly Value[]): Value[] {
  const graph = seeds[0]?.value.graph ?? wrt[0]!.graph;
  const nodes = graph.nodes.slice();
  const active = dependents(nodes, wrt);
  const parts = new Map<Value, Value[]>();
  const give = (value: Value, gradient: Value) => {
    const list = parts.get(value);
    if (list) list.push(gradient);
    else parts.set(value, [gradient]);
  };
  const take = (value: Value): Value | undefined => {
    const list = parts.get(value);
    if (!list) return undefined;
    const total = sum(list);
    parts.set(value, [total]);
    return total;
  };

  for (const { value, gradient } of seeds) give(value, gradient);
  for (const node of nodes.reverse()) {
    if (!node.outputs.some((output) => active.has(output) && parts.has(output))) continue;
    const outputGradients = node.outputs.map(take);
    const wants = (index: number) => {
      const input = node.inputs[index];
      return input !== undefined && active.has(input);
    };
    if (!node.operator.gradient) throw new TuwenError('TUWEN_NO_GRADIENT', { operator: node.operator.name });
    node.operator.gradient({ node, outputGradients, wants }).forEach((gradient, index) => {
      const input = node.inputs[index];
      if (gradient && input && active.has(input)) give(input, gradient);
    });
  }
  return wrt.map((value) => take(value) ?? zeros(value));
}

/** The values that vary smoothly with any of `sources`, themselves included: sizes and comparisons do not. */
function dependents(nodes: readonly Node[], sources: readonly Value[]): Set<Value> {
  const active = new Set<Value>(sources);
  for (const node of nodes) {
    if (node.inputs.some((input) => input && active.has(input))) {
      for (const output of node.outputs) if (isFloat(output)) active.add(output);
    }
  }
  return active;
}

const isFloat = ({ elements }: Value) => elements === 'float32' || elements === 'float16';
