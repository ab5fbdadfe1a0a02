import { TuwenError } from '../../base/index.ts';
import type { Attributes, GradientContext, Operator, Value, ValueType } from '../graph.ts';
import { formatShape, type Shape, sameShape } from '../shape.ts';

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

/** Throws where a shape has no such axes. */
export function needAxes(operator: string, shape: Shape, axes: readonly number[]): void {
  for (const axis of axes) {
    if (shape[axis] === undefined) throw invalid(operator, `${formatShape(shape)} has no axis ${axis}`);
  }
}

/** Throws where an input that is there has another shape. */
export function needShape(operator: string, input: ValueType | undefined, shape: Shape): void {
  if (input && !sameShape(input.shape, shape)) {
    throw invalid(operator, `${formatShape(input.shape)} is not the shape ${formatShape(shape)}`);
  }
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
