/** Operators on each element, with NumPy's broadcasting. */
import type { ElementType, GradientContext, Operator, Value } from '../graph.ts';
import { broadcastShapes, sameDim, sameShape } from '../shape.ts';
import { reshape } from './arrange.ts';
import { apply1, invalid, need, single } from './define.ts';
import { reduceSum } from './reduce.ts';

/** Sums a gradient over the axes along which the value of this shape was broadcast. */
export function unbroadcast(dy: Value, to: Value): Value {
  if (sameShape(dy.shape, to.shape)) return dy;
  const extra = dy.shape.length - to.shape.length;
  const axes = dy.shape.flatMap((dim, axis) => {
    const target = to.shape[axis - extra];
    return target === undefined || (target === 1 && !sameDim(dim, 1)) ? [axis] : [];
  });
  return reshape(reduceSum(dy, axes), to.shape);
}

type BinaryGradient = (dy: Value, a: Value, b: Value, y: Value) => [() => Value, () => Value];

function binary(name: string, gradient: BinaryGradient): Operator {
  return {
    name,
    infer: (inputs) => {
      const a = need(name, inputs, 0);
      const b = need(name, inputs, 1);
      if (a.elements !== b.elements) throw invalid(name, `mixes ${a.elements} with ${b.elements}`);
      return [{ elements: a.elements, shape: broadcastShapes(name, a.shape, b.shape) }];
    },
    gradient: (context) => {
      const { dy, y, inputs } = single(context);
      const [a, b] = [inputs[0]!, inputs[1]!];
      const rules = gradient(dy, a, b, y);
      return [a, b].map((input, i) => (context.wants(i) ? unbroadcast(rules[i]!(), input) : undefined));
    },
  };
}

const Add = binary('Add', (dy) => [() => dy, () => dy]);
const Sub = binary('Sub', (dy) => [() => dy, () => neg(dy)]);
const Mul = binary('Mul', (dy, a, b) => [() => mul(dy, b), () => mul(dy, a)]);
const Div = binary('Div', (dy, _a, b, y) => [() => div(dy, b), () => neg(div(mul(dy, y), b))]);

export const add = (a: Value, b: Value): Value => apply1(Add, [a, b]);
export const sub = (a: Value, b: Value): Value => apply1(Sub, [a, b]);
export const mul = (a: Value, b: Value): Value => apply1(Mul, [a, b]);
export const div = (a: Value, b: Value): Value => apply1(Div, [a, b]);

/** x · factor, for a plain number. */
export const scale = (x: Value, factor: number): Value => mul(x, x.graph.floats(factor));
/** x + term, for a plain number. */
export const shift = (x: Value, term: number): Value => add(x, x.graph.floats(term));

type UnaryGradient = (context: { dy: Value; x: Value; y: Value }) => Value;

function unary(name: string, gradient: UnaryGradient, domain?: 'com.microsoft'): Operator {
  return {
    name,
    ...(domain ? { domain } : {}),
    infer: (inputs) => [need(name, inputs, 0)].map(({ elements, shape }) => ({ elements, shape })),
    gradient: (context: GradientContext) => [gradient(single(context))],
  };
}

const Neg = unary('Neg', ({ dy }) => neg(dy));
const Exp = unary('Exp', ({ dy, y }) => mul(dy, y));
const Log = unary('Log', ({ dy, x }) => div(dy, x));
const Sqrt = unary('Sqrt', ({ dy, y }) => div(scale(dy, 0.5), y));
const Reciprocal = unary('Reciprocal', ({ dy, y }) => neg(mul(dy, mul(y, y))));
const Erf = unary('Erf', ({ dy, x }) => mul(dy, scale(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))));
const Sigmoid = unary('Sigmoid', ({ dy, y }) => mul(dy, sub(y, mul(y, y))));
const Relu = unary('Relu', ({ dy, y }) => mul(dy, cast(greater(y, y.graph.floats(0)), 'float32')));

export const neg = (x: Value): Value => apply1(Neg, [x]);
export const exp = (x: Value): Value => apply1(Exp, [x]);
export const log = (x: Value): Value => apply1(Log, [x]);
export const sqrt = (x: Value): Value => apply1(Sqrt, [x]);
export const reciprocal = (x: Value): Value => apply1(Reciprocal, [x]);
export const erf = (x: Value): Value => apply1(Erf, [x]);
export const sigmoid = (x: Value): Value => apply1(Sigmoid, [x]);
export const relu = (x: Value): Value => apply1(Relu, [x]);

/** x·½(1 + erf(x/√2)) (Hendrycks and Gimpel 2016, arXiv 1606.08415), BERT's activation. */
const Gelu: Operator = unary('Gelu', ({ dy, x }) => {
  const cdf = scale(shift(erf(scale(x, Math.SQRT1_2)), 1), 0.5);
  const density = scale(exp(scale(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return mul(dy, add(cdf, mul(x, density)));
});
export const gelu = (x: Value): Value => apply1(Gelu, [x]);
/** The same from older operators. */
export const geluPortable = (x: Value): Value =>
  mul(scale(x, 0.5), shift(erf(div(x, x.graph.floats(Math.SQRT2))), 1));

const QUICK_GELU_ALPHA = 1.702;

/** x·σ(1.702x) (the same paper, section 2), the activation of CLIP's image tower. */
const QuickGelu: Operator = unary(
  'QuickGelu',
  ({ dy, x, y }) => {
    const gate = sigmoid(scale(x, QUICK_GELU_ALPHA));
    return mul(dy, add(gate, scale(mul(y, sub(x.graph.floats(1), gate)), QUICK_GELU_ALPHA)));
  },
  'com.microsoft',
);
export const quickGelu = (x: Value): Value => apply1(QuickGelu, [x], { alpha: { float: QUICK_GELU_ALPHA } });
/** The same from ONNX's own operators. */
export const quickGeluPortable = (x: Value): Value => mul(x, sigmoid(scale(x, QUICK_GELU_ALPHA)));

function comparison(name: string): Operator {
  return {
    name,
    infer: (inputs) => {
      const shape = broadcastShapes(name, need(name, inputs, 0).shape, need(name, inputs, 1).shape);
      return [{ elements: 'bool', shape }];
    },
  };
}

const Greater = comparison('Greater');
export const greater = (a: Value, b: Value): Value => apply1(Greater, [a, b]);

/** The numbers that ONNX gives element types (onnx.proto, TensorProto.DataType). */
export const ONNX_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

const Cast: Operator = {
  name: 'Cast',
  infer: (inputs, { to }) => {
    const { shape } = need('Cast', inputs, 0);
    const elements = (Object.keys(ONNX_TYPES) as ElementType[]).find((type) => ONNX_TYPES[type] === to);
    if (!elements) throw invalid('Cast', `unknown element type ${String(to)}`);
    return [{ elements, shape }];
  },
};
export const cast = (x: Value, elements: ElementType): Value =>
  x.elements === elements ? x : apply1(Cast, [x], { to: ONNX_TYPES[elements] });

const Sum: Operator = {
  name: 'Sum',
  infer: (inputs) => [need('Sum', inputs, 0)].map(({ elements, shape }) => ({ elements, shape })),
  gradient: ({ node, outputGradients, wants }) =>
    node.inputs.map((_, i) => (wants(i) ? outputGradients[0] : undefined)),
};
/** The sum of values of one shape. */
export function sum(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  if (!first) throw invalid('Sum', 'nothing to add');
  if (rest.length === 0) return first;
  for (const value of rest) {
    if (!sameShape(first.shape, value.shape)) throw invalid('Sum', 'needs values of one shape');
  }
  return rest.length === 1 ? add(first, rest[0]!) : apply1(Sum, [first, ...rest]);
}
