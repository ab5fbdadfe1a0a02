/** Operators that move elements without changing them, and sizes as values. */
import type { Graph, Operator, Value } from '../graph.ts';
import {
  broadcastShapes,
  type Dim,
  fixedDim,
  formatShape,
  multiplyDims,
  type Shape,
  sameDim,
  sameShape,
} from '../shape.ts';
import { apply1, invalid, need, needAxes, single } from './define.ts';
import { mul, sub, unbroadcast } from './elementwise.ts';

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

/** A part of one axis: from `start` (inclusive) to `end` (exclusive) in steps of `step`. */
export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

const Slice = (ranges: readonly Range[]): Operator => ({
  name: 'Slice',
  infer: (inputs) => {
    const x = need('Slice', inputs, 0);
    const shape = [...x.shape];
    for (const { axis, start, end, step = 1 } of ranges) {
      const size = x.shape[axis];
      const beyond = size === undefined || (typeof size === 'number' && end > size);
      if (start < 0 || end <= start || beyond) {
        throw invalid('Slice', `${start}…${end} does not fit axis ${axis} of ${formatShape(x.shape)}`);
      }
      shape[axis] = Math.ceil((end - start) / step);
    }
    return [{ elements: x.elements, shape }];
  },
  gradient: (context) => {
    const { dy, x } = single(context);
    if (ranges.some(({ step = 1 }) => step !== 1)) {
      throw invalid('Slice', 'has a gradient for steps of 1 only');
    }
    return [pad(dy, padsBack(x, ranges), x.shape)];
  },
});

/** Takes parts of axes. Differentiable for steps of 1 only. */
export function slice(x: Value, ranges: readonly Range[]): Value {
  const column = (pick: (range: Range) => number) => x.graph.integers(ranges.map(pick));
  return apply1(Slice(ranges), [
    x,
    column((r) => r.start),
    column((r) => r.end),
    column((r) => r.axis),
    column((r) => r.step ?? 1),
  ]);
}

/** The axis read backwards. */
export function reverse(x: Value, axes: readonly number[]): Value {
  const ends = axes.map(() => -(2 ** 31));
  const operator: Operator = {
    name: 'Slice',
    infer: (inputs) => {
      const { elements, shape } = need('Slice', inputs, 0);
      needAxes('Slice', shape, axes);
      return [{ elements, shape }];
    },
    gradient: (context) => [reverse(single(context).dy, axes)],
  };
  const { graph } = x;
  return apply1(operator, [
    x,
    graph.integers(axes.map(() => -1)),
    graph.integers(ends),
    graph.integers(axes),
    graph.integers(axes.map(() => -1)),
  ]);
}

/** How much is added before and after an axis; a negative amount is cut off. */
export interface Padding {
  readonly axis: number;
  readonly before: number;
  /** A value (int64, [1]) where the axis has a symbolic size. */
  readonly after: number | Value;
}

function padsBack(x: Value, ranges: readonly Range[]): Padding[] {
  return ranges.map(({ axis, start, end }) => {
    const size = x.shape[axis]!;
    const after =
      typeof size === 'number' ? size - end : sub(dimValue(x.graph, size), x.graph.integers([end]));
    return { axis, before: start, after };
  });
}

const Pad = (paddings: readonly Padding[], result: Shape): Operator => ({
  name: 'Pad',
  infer: (inputs) => [{ elements: need('Pad', inputs, 0).elements, shape: result }],
  gradient: (context) => [pad(single(context).dy, paddings.map(negate), single(context).x.shape)],
});

function negate({ axis, before, after }: Padding): Padding {
  if (typeof after === 'number') return { axis, before: -before, after: -after };
  throw invalid('Pad', 'has no gradient along an axis of symbolic size');
}

/** Adds zeros around axes, or cuts elements off. `result`: its shape, needed where an axis is symbolic. */
export function pad(x: Value, paddings: readonly Padding[], result?: Shape): Value {
  const { graph } = x;
  const rank = x.shape.length;
  const on = (axis: number) => paddings.find((p) => p.axis === axis);
  const amounts = [
    ...x.shape.map((_, axis) => on(axis)?.before ?? 0),
    ...x.shape.map((_, axis) => on(axis)?.after ?? 0),
  ];
  const pads = amounts.every((amount) => typeof amount === 'number')
    ? graph.integers(amounts as number[])
    : concat(
        amounts.map((amount) => (typeof amount === 'number' ? graph.integers([amount]) : amount)),
        0,
      );
  const shape =
    result ??
    x.shape.map((dim, axis) => {
      const [before, after] = [amounts[axis], amounts[rank + axis]];
      if (before === 0 && after === 0) return dim;
      return typeof after === 'number' ? fixedDim('Pad', dim) + (before as number) + after : dim;
    });
  return apply1(Pad(paddings, shape), [x, pads]);
}
