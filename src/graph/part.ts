import type { Constant, Graph, Node, Value } from './graph.ts';

/** What one ONNX model holds: a graph, or a part of one. */
export interface Part {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Value[];
  readonly parameters: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
}

/**
 * The part of a graph that computes `outputs` where the values of `given` are known already: those become inputs, under
 * their own names, and only the inputs, parameters and constants that the part reads remain.
 */
export function partOf(graph: Graph, outputs: ReadonlyMap<string, Value>, given: Iterable<Value> = []): Part {
  const known = new Set(given);
  const read = new Set<Value>();
  const wanted = new Set<Node>();
  const visit = (start: Value) => {
    const waiting = [start];
    for (let value = waiting.pop(); value; value = waiting.pop()) {
      if (read.has(value)) continue;
      read.add(value);
      if (known.has(value) || !value.node || wanted.has(value.node)) continue;
      wanted.add(value.node);
      for (const input of value.node.inputs) if (input) waiting.push(input);
    }
  };
  for (const value of outputs.values()) visit(value);
  return {
    nodes: graph.nodes.filter((node) => wanted.has(node)),
    constants: graph.constants.filter(({ value }) => read.has(value)),
    inputs: [...graph.inputs.filter((input) => read.has(input)), ...known].filter(
      (value, i, all) => read.has(value) && all.indexOf(value) === i,
    ),
    parameters: new Map([...graph.parameters].filter(([, value]) => read.has(value))),
    outputs,
  };
}

/**
 * The values where a computation of `outputs` can be cut in two: made by a node of `earlier`, read after it, and worth
 * handing over. What is not is computed again, from values before it.
 */
export function cutBefore(
  outputs: Iterable<Value>,
  earlier: ReadonlySet<Node>,
  worthHanding: (value: Value) => boolean,
): Set<Value> {
  const cut = new Set<Value>();
  const seen = new Set<Value>();
  const waiting = [...outputs];
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    if (seen.has(value) || !value.node) continue;
    seen.add(value);
    if (earlier.has(value.node) && worthHanding(value)) cut.add(value);
    else for (const input of value.node.inputs) if (input) waiting.push(input);
  }
  return cut;
}
