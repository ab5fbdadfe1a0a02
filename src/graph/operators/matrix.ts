/** Matrix products. */
import type { Operator, Value } from '../graph.ts';
import { formatShape, multiplyDims, type Shape, sameDim, sameShape } from '../shape.ts';
import { reshape } from './arrange.ts';
import { apply1, invalid, need, needShape, single } from './define.ts';
import { reduceSum } from './reduce.ts';

export interface Transposed {
  /** Read the first factor transposed (its last two axes). */
  readonly a?: boolean;
  /** Read the second factor transposed. */
  readonly b?: boolean;
}

const flags = ({ a = false, b = false }: Transposed) => ({ transA: a ? 1 : 0, transB: b ? 1 : 0 });

/** The matrix dimensions of A·B, checked: [rows, inner] and [inner, columns]. */
function productDims(name: string, a: Shape, b: Shape, { a: ta = false, b: tb = false }: Transposed) {
  const [rows, inner] = ta ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [innerB, columns] = tb ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  if (!sameDim(inner, innerB)) {
    throw invalid(name, `${formatShape(a)} and ${formatShape(b)} do not share their inner size`);
  }
  return { rows, columns };
}

const Gemm = (transposed: Transposed): Operator => ({
  name: 'Gemm',
  infer: (inputs) => {
    const a = need('Gemm', inputs, 0);
    const b = need('Gemm', inputs, 1);
    if (a.shape.length !== 2 || b.shape.length !== 2) throw invalid('Gemm', 'needs matrices');
    const { rows, columns } = productDims('Gemm', a.shape, b.shape, transposed);
    needShape('Gemm', inputs[2], [columns]);
    return [{ elements: a.elements, shape: [rows, columns] }];
  },
  gradient: (context) => {
    const { dy, inputs } = single(context);
    const [a, b] = [inputs[0]!, inputs[1]!];
    const { a: ta = false, b: tb = false } = transposed;
    const da = () => (ta ? gemm(b, dy, undefined, { a: tb, b: true }) : gemm(dy, b, undefined, { b: !tb }));
    const db = () => (tb ? gemm(dy, a, undefined, { a: true, b: ta }) : gemm(a, dy, undefined, { a: !ta }));
    return [
      context.wants(0) ? da() : undefined,
      context.wants(1) ? db() : undefined,
      inputs[2] && context.wants(2) ? reduceSum(dy, [0]) : undefined,
    ];
  },
});

/** A·B + bias for two matrices. */
export function gemm(a: Value, b: Value, bias?: Value, transposed: Transposed = {}): Value {
  return apply1(Gemm(transposed), [a, b, bias], flags(transposed));
}

/** x·Wᵀ + bias over the last axis: x [… , in], weight [out, in], bias [out]. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  const rows = multiplyDims(x.shape.slice(0, -1));
  const y = gemm(reshape(x, [rows, x.shape.at(-1)!]), weight, bias, { b: true });
  return reshape(y, [...x.shape.slice(0, -1), weight.shape[0]!]);
}

/** x·W over the last axis: x [… , in], weight [in, out]. */
export function project(x: Value, weight: Value): Value {
  const rows = multiplyDims(x.shape.slice(0, -1));
  const y = gemm(reshape(x, [rows, x.shape.at(-1)!]), weight);
  return reshape(y, [...x.shape.slice(0, -1), weight.shape[1]!]);
}

const FusedMatMul = (transposed: Transposed, factor: number): Operator => ({
  name: 'FusedMatMul',
  domain: 'com.microsoft',
  infer: (inputs) => {
    const a = need('FusedMatMul', inputs, 0);
    const b = need('FusedMatMul', inputs, 1);
    if (a.shape.length < 2 || b.shape.length < 2) throw invalid('FusedMatMul', 'needs matrices');
    const batch = a.shape.slice(0, -2);
    if (!sameShape(batch, b.shape.slice(0, -2))) {
      throw invalid(
        'FusedMatMul',
        `${formatShape(a.shape)} and ${formatShape(b.shape)} differ in their batch`,
      );
    }
    const { rows, columns } = productDims('FusedMatMul', a.shape, b.shape, transposed);
    return [{ elements: a.elements, shape: [...batch, rows, columns] }];
  },
  gradient: (context) => {
    const { dy, inputs } = single(context);
    const [a, b] = [inputs[0]!, inputs[1]!];
    const { a: ta = false, b: tb = false } = transposed;
    const da = () => (ta ? matmul(b, dy, { a: tb, b: true }, factor) : matmul(dy, b, { b: !tb }, factor));
    const db = () => (tb ? matmul(dy, a, { a: true, b: ta }, factor) : matmul(a, dy, { a: !ta }, factor));
    return [context.wants(0) ? da() : undefined, context.wants(1) ? db() : undefined];
  },
});

/** factor · A·B over the last two axes; leading axes are a batch and must be equal. */
export function matmul(a: Value, b: Value, transposed: Transposed = {}, factor = 1): Value {
  const attributes = { ...flags(transposed), alpha: { float: factor } };
  return apply1(FusedMatMul(transposed, factor), [a, b], attributes);
}

const MatMul: Operator = {
  name: 'MatMul',
  infer: (inputs) => {
    const a = need('MatMul', inputs, 0);
    const b = need('MatMul', inputs, 1);
    const { rows, columns } = productDims('MatMul', a.shape, b.shape, {});
    const batch = a.shape.slice(0, -2);
    if (!sameShape(batch, b.shape.slice(0, -2))) {
      throw invalid('MatMul', `${formatShape(a.shape)} and ${formatShape(b.shape)} differ in their batch`);
    }
    return [{ elements: a.elements, shape: [...batch, rows, columns] }];
  },
};

/** A·B over the last two axes by ONNX's own operator; leading axes are a batch and must be equal. Not differentiable. */
export const product = (a: Value, b: Value): Value => apply1(MatMul, [a, b]);
