/** Joining values along an axis, and cutting an axis into parts. */
import type { Operator, Value } from '../graph.ts';
import { fixedDim, formatShape, sameDim } from '../shape.ts';
import { apply1, invalid, need, single } from './define.ts';
import { zeros } from './sizes.ts';

const Concat: Operator = {
  name: 'Concat',
  infer: (inputs, attributes) => {
    const axis = attributes.axis as number;
    const types = inputs.map((_, i) => need('Concat', inputs, i));
    const { elements, shape } = types[0]!;
    for (const type of types) {
      const fits = type.shape.every((dim, i) => i === axis || sameDim(dim, shape[i]!));
      if (!fits || type.shape.length !== shape.length) {
        throw invalid('Concat', `${formatShape(type.shape)} does not fit ${formatShape(shape)}`);
      }
    }
    const total = types.reduce((size, type) => size + fixedDim('Concat', type.shape[axis]), 0);
    return [{ elements, shape: shape.map((dim, i) => (i === axis ? total : dim)) }];
  },
  gradient: (context) => {
    const axis = context.node.attributes.axis as number;
    const sizes = context.node.inputs.map((input) => fixedDim('Concat', input!.shape[axis]));
    return context.node.inputs.length > 1 ? split(single(context).dy, axis, sizes) : [single(context).dy];
  },
};
/** Joins values along an axis of fixed size. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first, ...rest] = values;
  if (!first) throw invalid('Concat', 'nothing to join');
  return rest.length === 0 ? first : apply1(Concat, [first, ...rest], { axis });
}

const Split = (sizes: readonly number[]): Operator => ({
  name: 'Split',
  infer: (inputs, attributes) => {
    const x = need('Split', inputs, 0);
    const axis = attributes.axis as number;
    const total = sizes.reduce((a, b) => a + b, 0);
    if (x.shape[axis] !== total) {
      throw invalid('Split', `parts [${sizes}] do not make axis ${axis} of ${formatShape(x.shape)}`);
    }
    return sizes.map((size) => ({
      elements: x.elements,
      shape: x.shape.map((dim, i) => (i === axis ? size : dim)),
    }));
  },
  gradient: ({ node, outputGradients }) => {
    const parts = outputGradients.map((dy, i) => dy ?? zeros(node.outputs[i]!));
    return [concat(parts, node.attributes.axis as number)];
  },
});
/** Cuts an axis into parts of the given sizes. */
export function split(x: Value, axis: number, sizes: readonly number[]): Value[] {
  return x.graph.apply(Split(sizes), [x, x.graph.integers(sizes)], { axis });
}
