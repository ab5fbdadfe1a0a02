import { expect, test } from 'vitest';
import { isTuwenError } from '../../base/index.ts';
import { gradients } from '../gradients.ts';
import { Graph, type Value } from '../graph.ts';
import { type Shape, symbol } from '../shape.ts';
import { expand, reshape, transpose } from './arrange.ts';
import { attentionFused, attentionPlain } from './attention.ts';
import { add, cast, sum } from './elementwise.ts';
import { gather } from './gather.ts';
import { averagePool, convolution } from './image.ts';
import { concat, split } from './join.ts';
import { gemm, linear, matmul } from './matrix.ts';
import { batchNormBatch, batchNormFused, layerNorm } from './normalise.ts';
import { logSoftmax, reduceMean, reduceSum, softmax } from './reduce.ts';
import { dimValue } from './sizes.ts';
import { pad, reverse, slice } from './slice.ts';
import { topK } from './top-k.ts';

const batch = symbol('batch');
const window = { stride: 1, padding: 1 };

type Make = (x: (...shape: Shape) => Value, graph: Graph) => unknown;

const misfits: readonly (readonly [operator: string, what: string, make: Make])[] = [
  ['Add', 'sizes that do not broadcast', (x) => add(x(2), x(3))],
  ['Add', 'a symbolic size and a fixed one', (x) => add(x(batch), x(3))],
  ['Add', 'two element types', (x, graph) => add(x(2), graph.integers([1, 2]))],
  ['Sum', 'several shapes', (x) => sum([x(2), x(3)])],
  ['Sum', 'nothing', () => sum([])],
  ['Cast', 'an unknown element type', (x) => cast(x(2), 'text' as never)],
  ['Gemm', 'inner sizes that differ', (x) => gemm(x(2, 3), x(4, 5))],
  ['Gemm', 'inner sizes that differ when transposed', (x) => gemm(x(2, 3), x(3, 5), undefined, { b: true })],
  ['Gemm', 'more than matrices', (x) => gemm(x(2, 3, 4), x(4, 5))],
  ['Gemm', 'a bias of another width', (x) => linear(x(2, 3), x(4, 3), x(3))],
  ['FusedMatMul', 'batches that differ', (x) => matmul(x(2, 3, 4), x(3, 4, 5))],
  ['FusedMatMul', 'inner sizes that differ', (x) => matmul(x(2, 3, 4), x(2, 3, 4))],
  ['FusedMatMul', 'less than matrices', (x) => matmul(x(3), x(3))],
  ['Reshape', 'another size', (x) => reshape(x(2, 3), [7])],
  ['Reshape', 'another symbolic size', (x) => reshape(x(batch, 3), [symbol('length'), 3])],
  ['Transpose', 'an order of other length', (x) => transpose(x(2, 3), [0])],
  ['Transpose', 'an order that repeats itself', (x) => transpose(x(2, 3), [1, 1])],
  ['Expand', 'a size that is not 1', (x) => expand(x(2, 3), [2, 6])],
  ['Expand', 'fewer axes', (x) => expand(x(2, 3), [3])],
  ['Concat', 'other sizes beside the axis', (x) => concat([x(2, 3), x(3, 3)], 1)],
  ['Concat', 'a symbolic axis', (x) => concat([x(batch, 3), x(batch, 3)], 0)],
  ['Concat', 'nothing', () => concat([], 0)],
  ['TopK', 'more than there are', (x) => topK(x(2, 3), 4).values],
  ['Split', 'parts that do not make the whole', (x) => split(x(2, 6), 1, [2, 3])],
  ['Slice', 'more than there is', (x) => slice(x(2, 3), [{ axis: 1, start: 1, end: 4 }])],
  ['Slice', 'nothing', (x) => slice(x(2, 3), [{ axis: 1, start: 2, end: 2 }])],
  ['Slice', 'a negative start', (x) => slice(x(batch, 3), [{ axis: 0, start: -1, end: 1 }])],
  ['Slice', 'no such axis', (x) => slice(x(2, 3), [{ axis: 2, start: 0, end: 1 }])],
  ['Slice', 'no such axis to reverse', (x) => reverse(x(2, 3), [2])],
  ['Pad', 'a symbolic axis', (x) => pad(x(batch, 3), [{ axis: 0, before: 1, after: 0 }])],
  ['ReduceSum', 'no such axis', (x) => reduceSum(x(2, 3), [2])],
  ['ReduceMean', 'a negative axis', (x) => reduceMean(x(2, 3), [-1])],
  ['Softmax', 'a negative axis', (x) => softmax(x(2, 3), -1)],
  ['LogSoftmax', 'no such axis', (x) => logSoftmax(x(2, 3), 2)],
  ['Gather', 'indices that are not whole numbers', (x) => gather(x(5, 2), x(3))],
  ['LayerNormalization', 'a weight of another width', (x) => layerNorm(x(2, 3), x(2), x(3), 1e-5)],
  ['LayerNormalization', 'a bias of another width', (x) => layerNorm(x(2, 3), x(3), x(2), 1e-5)],
  ['BatchNormalization', 'less than maps', (x) => batchNormFused(x(2, 3), batchNorm(x, 3), 1e-5)],
  ['BatchNormalization', 'other channels', (x) => batchNormFused(x(2, 3, 4, 4), batchNorm(x, 4), 1e-5)],
  [
    'BatchNormalization',
    'other channels, in training',
    (x) => batchNormBatch(x(2, 3, 4, 4), batchNorm(x, 4), 1e-5, 1),
  ],
  ['Conv', 'other channels', (x) => convolution(x(1, 3, 4, 4), x(2, 4, 3, 3), window, 'nchw')],
  ['Conv', 'a kernel that is not square', (x) => convolution(x(1, 3, 4, 4), x(2, 3, 3, 1), window, 'nchw')],
  [
    'Conv',
    'a stride in NHWC',
    (x) => convolution(x(1, 4, 4, 3), x(2, 3, 3, 3), { stride: 2, padding: 1 }, 'nhwc'),
  ],
  ['Conv', 'maps of symbolic size', (x) => convolution(x(1, 3, batch, 4), x(2, 3, 3, 3), window, 'nchw')],
  ['AveragePool', 'a size that is no multiple', (x) => averagePool(x(1, 3, 4, 5), 2, 'nchw')],
  [
    'parameter w',
    'one name for two shapes',
    (_, graph) => [graph.parameter('w', [2]), graph.parameter('w', [3])],
  ],
  ['symbol', 'a size that no input has', (_, graph) => dimValue(graph, symbol('length'))],
  ...[attentionPlain, attentionFused].flatMap((attention): [string, string, Make][] => [
    [
      'Attention',
      `a width that heads cannot share, ${attention.name}`,
      (x) => attention(heads(x(2, 3, 8), 3)),
    ],
    [
      'Attention',
      `keys of another width, ${attention.name}`,
      (x) => attention({ ...heads(x(2, 3, 8), 2), key: x(2, 3, 4) }),
    ],
    [
      'Attention',
      `values unlike the keys, ${attention.name}`,
      (x) => attention({ ...heads(x(2, 3, 8), 2), value: x(2, 4, 8) }),
    ],
    [
      'Attention',
      `a mask for other keys, ${attention.name}`,
      (x, graph) => attention({ ...heads(x(2, 3, 8), 2), keep: graph.input('keep', 'int32', [2, 4]) }),
    ],
  ]),
  [
    'Slice',
    'a gradient through a step of 2',
    (x) => differentiate(x(4), (v) => slice(v, [{ axis: 0, start: 0, end: 4, step: 2 }])),
  ],
  [
    'Conv',
    'the gradient of the input of a strided convolution',
    (x) => {
      const weight = x(2, 3, 3, 3);
      differentiate(x(1, 3, 4, 4), (v) => convolution(v, weight, { stride: 2, padding: 1 }, 'nchw'));
    },
  ],
];

function batchNorm(x: (...shape: Shape) => Value, channels: number) {
  const [weight, bias, runningMean, runningVariance] = [0, 1, 2, 3].map(() => x(channels)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  return { weight, bias, runningMean, runningVariance };
}

const heads = (x: Value, count: number) => ({ query: x, key: x, value: x, heads: count });

function differentiate(x: Value, build: (x: Value) => Value) {
  const y = build(x);
  gradients([{ value: y, gradient: y }], [x]);
}

test.each(misfits)('%s refuses %s', (operator, _, make) => {
  const graph = new Graph();
  let count = 0;
  const input = (...shape: Shape) => {
    count += 1;
    return graph.input(`x${count}`, 'float32', shape);
  };
  let error: unknown;
  try {
    make(input, graph);
  } catch (thrown) {
    error = thrown;
  }
  expect(isTuwenError(error, 'TUWEN_GRAPH_INVALID') && error.value.operator).toBe(operator);
});

test('an operator without a gradient rule is named', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 3, 8]);
  const y = attentionFused(heads(x, 2));
  expect(() => gradients([{ value: y, gradient: y }], [x])).toThrow(
    expect.objectContaining({ code: 'TUWEN_NO_GRADIENT', value: { operator: 'MultiHeadAttention' } }),
  );
});
