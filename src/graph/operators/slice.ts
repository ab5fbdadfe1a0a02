/** Parts of axes, and zeros around them. */
import type { Operator, Value } from '../graph.ts';
import { fixedDim, formatShape, type Shape } from '../shape.ts';
import { apply1, invalid, need, needAxes, single } from './define.ts';
import { sub } from './elementwise.ts';
import { concat } from './join.ts';
import { dimValue } from './sizes.ts';

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

function padsBack(x: Value, ranges: readonly Range[]): Padding[] {
  return ranges.map(({ axis, start, end }) => {
    const size = x.shape[axis]!;
    const after =
      typeof size === 'number' ? size - end : sub(dimValue(x.graph, size), x.graph.integers([end]));
    return { axis, before: start, after };
  });
}

/** How much is added before and after an axis; a negative amount is cut off. */
export interface Padding {
  readonly axis: number;
  readonly before: number;
  /** A value (int64, [1]) where the axis has a symbolic size. */
  readonly after: number | Value;
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
