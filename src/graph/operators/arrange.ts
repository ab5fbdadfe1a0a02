/** The same elements in another shape or order, or repeated. */
import type { Operator, Value } from '../graph.ts';
import { broadcastShapes, formatShape, multiplyDims, type Shape, sameDim, sameShape } from '../shape.ts';
import { apply1, invalid, need, single } from './define.ts';
import { unbroadcast } from './elementwise.ts';
import { shapeValue } from './sizes.ts';

const Reshape = (shape: Shape): Operator => ({
  name: 'Reshape',
  infer: (inputs) => {
    const x = need('Reshape', inputs, 0);
    if (!sameDim(multiplyDims(x.shape), multiplyDims(shape))) {
      throw invalid('Reshape', `${formatShape(x.shape)} does not have the size of ${formatShape(shape)}`);
    }
    return [{ elements: x.elements, shape }];
  },
  gradient: (context) => {
    const { dy, x } = single(context);
    return [reshape(dy, x.shape)];
  },
});

/** The same elements in another shape; one symbolic size costs nothing, further ones are computed. */
export function reshape(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const symbolic = shape.filter((dim) => typeof dim !== 'number').length;
  const target =
    symbolic === 1
      ? x.graph.integers(shape.map((dim) => (typeof dim === 'number' ? dim : -1)))
      : shapeValue(x.graph, shape);
  return apply1(Reshape(shape), [x, target]);
}

const Transpose: Operator = {
  name: 'Transpose',
  infer: (inputs, attributes) => {
    const x = need('Transpose', inputs, 0);
    const order = attributes.perm as readonly number[];
    if (order.toSorted().join() !== x.shape.map((_, axis) => axis).join()) {
      throw invalid('Transpose', `order [${order}] does not fit ${formatShape(x.shape)}`);
    }
    return [{ elements: x.elements, shape: order.map((axis) => x.shape[axis]!) }];
  },
  gradient: (context) => {
    const order = context.node.attributes.perm as readonly number[];
    return [
      transpose(
        single(context).dy,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
};
/** Axis i of the result is axis `order[i]` of x. */
export const transpose = (x: Value, order: readonly number[]): Value =>
  apply1(Transpose, [x], { perm: order });

const Expand = (shape: Shape): Operator => ({
  name: 'Expand',
  infer: (inputs) => {
    const x = need('Expand', inputs, 0);
    if (!sameShape(broadcastShapes('Expand', x.shape, shape), shape)) {
      throw invalid('Expand', `${formatShape(x.shape)} does not fit into ${formatShape(shape)}`);
    }
    return [{ elements: x.elements, shape }];
  },
  gradient: (context) => {
    const { dy, x } = single(context);
    return [unbroadcast(dy, x)];
  },
});
/** Repeats axes of size 1 (and adds leading ones) up to `shape`. */
export function expand(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply1(Expand(shape), [x, shapeValue(x.graph, shape)]);
}
