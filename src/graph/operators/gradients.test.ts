import { describe, expect, test } from 'vitest';
import { type GradientCase, gradientError } from '../../../test/support/gradient-check.ts';
import { evaluate, integers, numbersOf, tensor } from '../../../test/support/run-graph.ts';
import { gradients } from '../gradients.ts';
import { Graph, type Operator } from '../graph.ts';
import { symbol } from '../shape.ts';
import { expand, reshape, transpose } from './arrange.ts';
import { attentionPlain } from './attention.ts';
import { apply1, single } from './define.ts';
import {
  add,
  cast,
  div,
  erf,
  exp,
  gelu,
  greater,
  log,
  mul,
  neg,
  quickGelu,
  reciprocal,
  relu,
  scale,
  shift,
  sigmoid,
  sqrt,
  sub,
  sum,
} from './elementwise.ts';
import { gather } from './gather.ts';
import { averagePool, convolution } from './image.ts';
import { concat, split } from './join.ts';
import { gemm, linear, matmul, project } from './matrix.ts';
import { type BatchNormWeights, batchNormBatch, batchNormRunning, layerNorm } from './normalise.ts';
import { logSoftmax, reduceMean, reduceSum, softmax } from './reduce.ts';
import { dimValue } from './sizes.ts';
import { pad, reverse, slice } from './slice.ts';

/** See `gradient-check.ts` for where errors come from; the worst below is near 2e-5. */
const TOLERANCE = 1e-4;

const batch = symbol('batch');
const length = symbol('length');
const BATCHES = [{ batch: 2 }, { batch: 3 }];
const TEXTS = [
  { batch: 2, length: 3 },
  { batch: 3, length: 4 },
];

type Cases = Readonly<Record<string, GradientCase>>;

function check(cases: Cases) {
  test.each(Object.entries(cases))('%s', async (_, gradientCase) => {
    expect(await gradientError(gradientCase)).toBeLessThan(TOLERANCE);
  });
}

test('a wrong gradient rule is found out', async () => {
  const wrong: Operator = {
    name: 'Exp',
    infer: (inputs) => [{ elements: 'float32', shape: inputs[0]!.shape }],
    gradient: (context) => [mul(single(context).dy, scale(single(context).y, 1.001))],
  };
  const error = await gradientError({ inputs: { x: [3] }, build: ({ x }) => apply1(wrong, [x!]) });
  expect(error).toBeGreaterThan(5e-4);
});

describe('with broadcasting', () => {
  const pairs = {
    'equal shapes': [
      [2, 3],
      [2, 3],
    ],
    'a row': [[2, 3], [3]],
    'a column on the left': [
      [2, 1],
      [2, 3],
    ],
    'a scalar': [[2, 3], []],
    'one element': [[1], [2, 3]],
    'both sides': [
      [2, 1, 3],
      [4, 1],
    ],
    'a symbolic batch': [
      [batch, 1, 3],
      [4, 1],
    ],
    'one of a symbolic size': [
      [1, 3],
      [batch, 3],
    ],
  } as const;
  for (const [name, operator] of Object.entries({ add, sub, mul, div })) {
    check(
      Object.fromEntries(
        Object.entries(pairs).map(([shapes, [a, b]]) => [
          `${name}: ${shapes}`,
          {
            inputs: { a, b: { shape: b, from: 0.75, to: 2 } },
            build: (x) => operator(x.a!, x.b!),
            sizes: BATCHES,
          },
        ]),
      ),
    );
  }
});

describe('on each element', () => {
  const positive = { shape: [batch, 3], from: 1, to: 3 };
  const any = { shape: [batch, 5], from: -2, to: 2 };
  const one = (operator: typeof neg, x = any): GradientCase => ({
    inputs: { x },
    build: (values) => operator(values.x!),
    sizes: BATCHES,
  });
  check({
    neg: one(neg),
    exp: one(exp),
    log: one(log, positive),
    sqrt: one(sqrt, positive),
    reciprocal: one(reciprocal, positive),
    erf: one(erf),
    sigmoid: one(sigmoid),
    relu: one(relu),
    gelu: one(gelu),
    quickGelu: one(quickGelu),
    scale: one((x) => scale(x, -0.3)),
    shift: one((x) => mul(shift(x, 2), x)),
    'sum of one, two and three': {
      inputs: { a: [2, 3], b: [2, 3], c: [2, 3] },
      build: ({ a, b, c }) => [sum([a!]), sum([a!, b!]), sum([a!, b!, c!, a!])],
    },
    'a value used several times': one((x) => mul(add(x, exp(x)), x)),
  });
});

describe('matrix products', () => {
  const transposes = [
    { a: false, b: false },
    { a: false, b: true },
    { a: true, b: false },
    { a: true, b: true },
  ];
  const named = (what: string, make: (t: { a: boolean; b: boolean }) => GradientCase): Cases =>
    Object.fromEntries(transposes.map((t) => [`${what}${t.a ? ' Aᵀ' : ' A'}${t.b ? 'Bᵀ' : 'B'}`, make(t)]));
  const shape = (rows: number, columns: number, turned: boolean) =>
    turned ? [columns, rows] : [rows, columns];
  check({
    ...named('gemm', (t) => ({
      inputs: { a: shape(2, 3, t.a), b: shape(3, 4, t.b) },
      build: ({ a, b }) => gemm(a!, b!, undefined, t),
    })),
    ...named('gemm with bias', (t) => ({
      inputs: { a: shape(2, 3, t.a), b: shape(3, 4, t.b), bias: [4] },
      build: ({ a, b, bias }) => gemm(a!, b!, bias, t),
    })),
    ...named('matmul', (t) => ({
      inputs: { a: [batch, 2, ...shape(2, 3, t.a)], b: [batch, 2, ...shape(3, 4, t.b)] },
      build: ({ a, b }) => matmul(a!, b!, t, 0.7),
      sizes: BATCHES,
    })),
    'matmul without a batch': { inputs: { a: [2, 3], b: [3, 2] }, build: ({ a, b }) => matmul(a!, b!) },
    linear: {
      inputs: { x: [batch, length, 3], weight: [4, 3], bias: [4] },
      build: ({ x, weight, bias }) => [linear(x!, weight!), linear(x!, weight!, bias)],
      sizes: TEXTS,
    },
    project: {
      inputs: { x: [batch, length, 3], weight: [3, 4] },
      build: ({ x, weight }) => project(x!, weight!),
      sizes: TEXTS,
    },
  });
});

describe('moving elements', () => {
  check({
    reshape: { inputs: { x: [2, 6] }, build: ({ x }) => exp(reshape(x!, [3, 4])) },
    'reshape with two symbols': {
      inputs: { x: [batch, length, 4] },
      build: ({ x }) => exp(reshape(x!, [batch, length, 2, 2])),
      sizes: TEXTS,
    },
    transpose: {
      inputs: { x: [batch, 2, 3] },
      build: ({ x }) => exp(transpose(x!, [2, 0, 1])),
      sizes: BATCHES,
    },
    expand: {
      inputs: { x: [1, 3], y: [3, 1] },
      build: ({ x, y }) => [expand(x!, [batch, 2, 3]), expand(y!, [3, batch])],
      others: { size: { shape: [batch], feed: (s) => integers([s.batch!], Array(s.batch).fill(0)) } },
      sizes: BATCHES,
    },
    concat: {
      inputs: { a: [batch, 2, 2], b: [batch, 1, 2], c: [batch, 3, 2] },
      build: ({ a, b, c }) => exp(concat([a!, b!, c!, a!], 1)),
      sizes: BATCHES,
    },
    split: {
      inputs: { x: [batch, 6] },
      build: ({ x }) => split(x!, 1, [1, 2, 3]).map(exp),
      sizes: BATCHES,
    },
    'split with unused parts': {
      inputs: { x: [batch, 6] },
      build: ({ x }) => exp(split(x!, 1, [1, 2, 3])[1]!),
      sizes: BATCHES,
    },
    slice: {
      inputs: { x: [4, 5] },
      build: ({ x }) =>
        exp(
          slice(x!, [
            { axis: 0, start: 1, end: 3 },
            { axis: 1, start: 2, end: 5 },
          ]),
        ),
    },
    'slice of a symbolic axis': {
      inputs: { x: [batch, length, 3] },
      build: ({ x }) => exp(slice(x!, [{ axis: 1, start: 1, end: 2 }])),
      sizes: TEXTS,
    },
    reverse: { inputs: { x: [batch, 2, 3] }, build: ({ x }) => exp(reverse(x!, [1, 2])), sizes: BATCHES },
    'pad with zeros': {
      inputs: { x: [batch, 2, 3] },
      build: ({ x }) =>
        exp(
          pad(x!, [
            { axis: 1, before: 1, after: 2 },
            { axis: 2, before: 0, after: 1 },
          ]),
        ),
      sizes: BATCHES,
    },
    'pad by cutting off': {
      inputs: { x: [batch, 4, 5] },
      build: ({ x }) =>
        exp(
          pad(x!, [
            { axis: 1, before: 1, after: -2 },
            { axis: 2, before: -1, after: -1 },
          ]),
        ),
      sizes: BATCHES,
    },
    gather: {
      inputs: { table: [5, 3] },
      others: {
        ids: {
          shape: [batch, length],
          feed: (s) =>
            integers(
              [s.batch!, s.length!],
              Array.from({ length: s.batch! * s.length! }, (_, i) => (i % 3) * 2),
            ),
        },
      },
      build: ({ table, ids }) => exp(gather(table!, ids!)),
      sizes: TEXTS,
    },
  });

  test('gather: many repeated indices on two threads', async () => {
    const [rows, width, count] = [7, 48, 4096];
    const graph = new Graph();
    const table = graph.input('table', 'float32', [rows, width]);
    const ids = graph.input('ids', 'int64', [count]);
    const weights = graph.input('weights', 'float32', [count, width]);
    const [gradient] = gradients([{ value: gather(table, ids), gradient: weights }], [table]);
    const indices = Array.from({ length: count }, (_, i) => (i * i) % rows);
    const given = Float32Array.from({ length: count * width }, (_, i) => ((i * 37) % 101) - 50);
    const expected = new Float64Array(rows * width);
    indices.forEach((row, i) => {
      for (let k = 0; k < width; k++) expected[row * width + k]! += given[i * width + k]!;
    });
    // Whole numbers far below 2²⁴: every order of summation is exact.
    const computed = await evaluate(gradient!, {
      table: tensor([rows, width], new Float32Array(rows * width)),
      ids: integers([count], indices),
      weights: tensor([count, width], given),
    });
    expect(numbersOf(computed)).toEqual([...expected]);
  });
});

describe('sums and softmax', () => {
  const over = (axes: readonly number[]): GradientCase => ({
    inputs: { x: [batch, 2, length, 2] },
    build: ({ x }) => [reduceSum(exp(x!), axes), reduceMean(exp(x!), axes)],
    sizes: TEXTS,
  });
  check({
    'over no axis': over([]),
    'over the symbolic batch': over([0]),
    'over a fixed axis': over([1]),
    'over two axes': over([1, 3]),
    'over two symbolic axes': over([0, 2]),
    'over all axes': over([0, 1, 2, 3]),
    'softmax over the last axis': {
      inputs: { x: [batch, 4] },
      build: ({ x }) => softmax(x!, 1),
      sizes: BATCHES,
    },
    'softmax over the symbolic batch': {
      inputs: { x: [batch, 4] },
      build: ({ x }) => softmax(x!, 0),
      sizes: BATCHES,
    },
    'logSoftmax over the last axis': {
      inputs: { x: [batch, 4] },
      build: ({ x }) => logSoftmax(x!, 1),
      sizes: BATCHES,
    },
    'logSoftmax over a middle axis': {
      inputs: { x: [2, batch, 3] },
      build: ({ x }) => logSoftmax(x!, 1),
      sizes: BATCHES,
    },
  });
});

describe('normalisation', () => {
  const norms = (shape: readonly (number | typeof batch)[], channels: number) => ({
    x: shape,
    weight: [channels],
    bias: [channels],
  });
  const weightsOf = (values: Record<string, unknown>) => values as unknown as BatchNormWeights;
  const statistics = {
    runningMean: [2],
    runningVariance: { shape: [2], from: 0.5, to: 2 },
  };
  check({
    layerNorm: {
      inputs: norms([batch, 3, 4], 4),
      build: ({ x, weight, bias }) => layerNorm(x!, weight!, bias!, 1e-5),
      sizes: BATCHES,
    },
    'batch statistics, NCHW': {
      inputs: { ...norms([batch, 2, 2, 3], 2), ...statistics },
      build: (v) => batchNormBatch(v.x!, weightsOf(v), 1e-5, 1),
      sizes: BATCHES,
    },
    'batch statistics, NHWC': {
      inputs: { ...norms([batch, 2, 3, 2], 2), ...statistics },
      build: (v) => batchNormBatch(v.x!, weightsOf(v), 1e-5, 3),
      sizes: BATCHES,
    },
    'running statistics, NCHW': {
      inputs: { ...norms([batch, 2, 2, 3], 2), ...statistics },
      build: (v) => batchNormRunning(v.x!, weightsOf(v), 1e-5, 1),
      sizes: BATCHES,
    },
    'running statistics, NHWC': {
      inputs: { ...norms([batch, 2, 3, 2], 2), ...statistics },
      build: (v) => batchNormRunning(v.x!, weightsOf(v), 1e-5, 3),
      sizes: BATCHES,
    },
    'two batch norms of one width': {
      inputs: { ...norms([batch, 2, 2, 3], 2), ...statistics },
      build: (v) => {
        const first = batchNormBatch(v.x!, weightsOf(v), 1e-5, 1);
        return batchNormBatch(mul(exp(v.x!), first), weightsOf(v), 1e-5, 1);
      },
      sizes: BATCHES,
    },
  });
});

describe('feature maps', () => {
  const conv = (
    kernel: number,
    layout: 'nchw' | 'nhwc',
    shape: readonly [typeof batch, ...number[]],
  ): GradientCase => ({
    inputs: { x: shape, weight: [2, 3, kernel, kernel] },
    build: ({ x, weight }) => convolution(x!, weight!, { stride: 1, padding: (kernel - 1) / 2 }, layout),
    sizes: BATCHES,
  });
  /** The pictures are not differentiated: a stride occurs in the stem only. */
  const strided = (size: number): GradientCase => ({
    inputs: { weight: [2, 2, 3, 3] },
    others: {
      x: {
        shape: [batch, 2, size, size],
        feed: (s) => {
          const count = s.batch! * 2 * size * size;
          return tensor(
            [s.batch!, 2, size, size],
            Float32Array.from({ length: count }, (_, i) => ((i * 29) % 64) / 16 - 2),
          );
        },
      },
    },
    build: ({ x, weight }) => convolution(x!, weight!, { stride: 2, padding: 1 }, 'nchw'),
    sizes: BATCHES,
  });
  const pool = (layout: 'nchw' | 'nhwc', shape: readonly [typeof batch, ...number[]]): GradientCase => ({
    inputs: { x: shape },
    build: ({ x }) => averagePool(exp(x!), 2, layout),
    sizes: BATCHES,
  });
  check({
    'convolution, NCHW, 1 × 1': conv(1, 'nchw', [batch, 3, 3, 4]),
    'convolution, NCHW, 3 × 3': conv(3, 'nchw', [batch, 3, 3, 4]),
    'convolution, NHWC, 1 × 1': conv(1, 'nhwc', [batch, 3, 4, 3]),
    'convolution, NHWC, 3 × 3': conv(3, 'nhwc', [batch, 3, 4, 3]),
    'convolution, stride 2 on an even size': strided(6),
    'convolution, stride 2 on an odd size': strided(5),
    'averagePool, NCHW': pool('nchw', [batch, 3, 4, 6]),
    'averagePool, NHWC': pool('nhwc', [batch, 4, 6, 3]),
    'averagePool of 3 × 3': {
      inputs: { x: [batch, 1, 3, 6] },
      build: ({ x }) => averagePool(exp(x!), 3, 'nchw'),
      sizes: BATCHES,
    },
  });
});

describe('attention', () => {
  const keep = {
    shape: [batch, length],
    feed: ({ batch: rows, length: keys }: Readonly<Record<string, number>>) => ({
      dims: [rows!, keys!],
      data: Int32Array.from({ length: rows! * keys! }, (_, i) => (i % 3 === 2 ? 0 : 1)),
    }),
  };
  const inputs = { query: [batch, 2, 6], key: [batch, length, 6], value: [batch, length, 6] };
  check({
    'without a mask': {
      inputs,
      build: ({ query, key, value }) => attentionPlain({ query: query!, key: key!, value: value!, heads: 2 }),
      sizes: TEXTS,
    },
    'with a mask': {
      inputs,
      others: { keep },
      build: ({ query, key, value, keep: mask }) =>
        attentionPlain({ query: query!, key: key!, value: value!, heads: 3, keep: mask! }),
      sizes: TEXTS,
    },
    causal: {
      inputs: { x: [batch, length, 6] },
      build: ({ x }) => attentionPlain({ query: x!, key: x!, value: x!, heads: 2, causal: true }),
      sizes: TEXTS,
    },
  });
});

describe('reverse mode', () => {
  check({
    'a size that depends on nothing but the shape': {
      inputs: { x: [batch, 3] },
      build: ({ x }) => div(x!, cast(dimValue(x!.graph, batch), 'float32')),
      sizes: BATCHES,
    },
    'a comparison has no slope': {
      inputs: { x: [4] },
      build: ({ x }) => mul(x!, cast(greater(x!, x!.graph.floats(0)), 'float32')),
    },
  });

  test('what a result does not depend on has a gradient of zero', async () => {
    const graph = new Graph();
    const [x, y] = [graph.input('x', 'float32', [batch, 2]), graph.input('y', 'float32', [batch, 2])];
    const gradient = gradients([{ value: exp(x), gradient: x }], [y])[0]!;
    const computed = await evaluate(gradient, {
      x: tensor([2, 2], [1, 2, 3, 4]),
      y: tensor([2, 2], [1, 1, 1, 1]),
    });
    expect(computed.dims).toEqual([2, 2]);
    expect(numbersOf(computed)).toEqual([0, 0, 0, 0]);
  });

  test('several seeds add up', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const seeds = [
      { value: scale(x, 3), gradient: graph.floats([1, 1]) },
      { value: scale(x, 4), gradient: graph.floats([10, 100]) },
    ];
    const computed = await evaluate(gradients(seeds, [x])[0]!, { x: tensor([2], [1, 2]) });
    expect(numbersOf(computed)).toEqual([43, 403]);
  });
});
