/** Sizes and shapes as values, known when the graph runs; and zeros of a shape. */
import type { Graph, Operator, Value } from '../graph.ts';
import { type Dim, formatShape, type Shape } from '../shape.ts';
import { apply1 } from './define.ts';
import { mul } from './elementwise.ts';
import { concat } from './join.ts';

/** Reads one dimension of an input as an int64 tensor of one element. */
const ShapeOf: Operator = { name: 'Shape', infer: () => [{ elements: 'int64', shape: [1] }] };

/** The size of a dimension as an int64 tensor [1], known when the graph runs. */
export function dimValue(graph: Graph, dim: Dim): Value {
  if (typeof dim === 'number') return graph.integers([dim]);
  return graph.shared(`dim:${dim.factor}·${dim.symbols.join('·')}`, () => {
    const sizes = dim.symbols.map((name) =>
      graph.shared(`dim:${name}`, () => {
        const { input, axis } = graph.sourceOf(name);
        return apply1(ShapeOf, [input], { start: axis, end: axis + 1 });
      }),
    );
    const factors = dim.factor === 1 ? sizes : [graph.integers([dim.factor]), ...sizes];
    return factors.reduce(mul);
  });
}

/** A shape as an int64 tensor [rank], known when the graph runs. */
export function shapeValue(graph: Graph, shape: Shape): Value {
  if (shape.every((dim) => typeof dim === 'number')) return graph.integers(shape as number[]);
  return graph.shared(`shape:${formatShape(shape)}`, () =>
    concat(
      shape.map((dim) => dimValue(graph, dim)),
      0,
    ),
  );
}

const ConstantOfShape = (shape: Shape): Operator => ({
  name: 'ConstantOfShape',
  infer: () => [{ elements: 'float32', shape }],
});
/** Zeros of the shape of `like`. */
export function zeros(like: Value): Value {
  const { graph, shape } = like;
  return graph.shared(`zeros:${formatShape(shape)}`, () =>
    apply1(ConstantOfShape(shape), [shapeValue(graph, shape)]),
  );
}
