/** Sums, means and softmax over axes. */
import type { Operator, Value } from '../graph.ts';
import { multiplyDims, type Shape } from '../shape.ts';
import { expand, reshape } from './arrange.ts';
import { apply1, need, needAxes, single } from './define.ts';
import { cast, div, exp, mul, scale, sub } from './elementwise.ts';
import { dimValue } from './sizes.ts';

function reduction(
  name: string,
  axes: readonly number[],
  gradient: (dy: Value, x: Value, axes: readonly number[]) => Value,
): Operator {
  return {
    name,
    infer: (inputs) => {
      const { elements, shape } = need(name, inputs, 0);
      needAxes(name, shape, axes);
      return [{ elements, shape: shape.filter((_, axis) => !axes.includes(axis)) }];
    },
    gradient: (context) => [gradient(single(context).dy, single(context).x, axes)],
  };
}

/** The shape with the reduced axes kept as 1. */
function kept(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
}

function spread(dy: Value, x: Value, axes: readonly number[]): Value {
  return expand(reshape(dy, kept(x.shape, axes)), x.shape);
}

/** The gradient of a mean: every element has its share. */
function share(dy: Value, x: Value, axes: readonly number[]): Value {
  const count = multiplyDims(axes.map((axis) => x.shape[axis]!));
  const each =
    typeof count === 'number'
      ? scale(dy, 1 / count)
      : div(dy, reshape(cast(dimValue(x.graph, count), 'float32'), []));
  return spread(each, x, axes);
}

/** The sum over `axes`, which are dropped. */
export function reduceSum(x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  return apply1(reduction('ReduceSum', axes, spread), [x, x.graph.integers(axes)], { keepdims: 0 });
}

/** The mean over `axes`, which are dropped. */
export function reduceMean(x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  return apply1(reduction('ReduceMean', axes, share), [x, x.graph.integers(axes)], { keepdims: 0 });
}

const ArgMax: Operator = {
  name: 'ArgMax',
  infer: (inputs, { axis }) => {
    const { shape } = need('ArgMax', inputs, 0);
    needAxes('ArgMax', shape, [axis as number]);
    return [{ elements: 'int64', shape: shape.filter((_, i) => i !== axis) }];
  },
};
/** Where the largest value along one axis stands (the first, of several): int64, the axis dropped. */
export const argMax = (x: Value, axis: number): Value => apply1(ArgMax, [x], { axis, keepdims: 0 });

const sameType =
  (name: string): Operator['infer'] =>
  (inputs, { axis }) => {
    const { elements, shape } = need(name, inputs, 0);
    needAxes(name, shape, [axis as number]);
    return [{ elements, shape }];
  };

const Softmax: Operator = {
  name: 'Softmax',
  infer: sameType('Softmax'),
  gradient: (context) => {
    const { dy, y } = single(context);
    const axis = context.node.attributes.axis as number;
    const product = mul(dy, y);
    return [sub(product, mul(y, keepAxis(reduceSum(product, [axis]), y.shape, axis)))];
  },
};
/** exp(x) / Σ exp(x) along one axis. */
export const softmax = (x: Value, axis: number): Value => apply1(Softmax, [x], { axis });

const LogSoftmax: Operator = {
  name: 'LogSoftmax',
  infer: sameType('LogSoftmax'),
  gradient: (context) => {
    const { dy, y } = single(context);
    const axis = context.node.attributes.axis as number;
    return [sub(dy, mul(exp(y), keepAxis(reduceSum(dy, [axis]), y.shape, axis)))];
  },
};
/** x − log Σ exp(x) along one axis. */
export const logSoftmax = (x: Value, axis: number): Value => apply1(LogSoftmax, [x], { axis });

function keepAxis(reduced: Value, shape: Shape, axis: number): Value {
  return reshape(reduced, kept(shape, [axis]));
}
