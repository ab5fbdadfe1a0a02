import { TuwenError } from '../../base/index.ts';
import type { Attributes, GradientContext, Operator, Value, ValueType } from '../graph.ts';

/** The error of an operator whose inputs do not fit. */
export function invalid(operator: string, reason: string): TuwenError {
  return new TuwenError('TUWEN_GRAPH_INVALID', { operator, reason });
}

/** The type of an input that must be there. */
export function need(operator: string, inputs: readonly (ValueType | undefined)[], index: number): ValueType {
  const type = inputs[index];
  if (!type) throw invalid(operator, `input ${index} is missing`);
  return type;
}

/** Applies an operator that has one output. */
export function apply1(
  operator: Operator,
  inputs: readonly [Value, ...(Value | undefined)[]],
  attributes: Attributes = {},
): Value {
  return inputs[0].graph.apply(operator, inputs, attributes)[0]!;
}

/** The gradient of the only output and the inputs, in a gradient rule. */
export function single({ node, outputGradients }: GradientContext): {
  dy: Value;
  x: Value;
  y: Value;
  inputs: readonly Value[];
} {
  return {
    dy: outputGradients[0]!,
    x: node.inputs[0]!,
    y: node.outputs[0]!,
    inputs: node.inputs as readonly Value[],
  };
}
