import { describe, expect, test } from 'vitest';
import { countOf, largestDifference, numbers } from '../../../test/support/numbers.ts';
import { evaluate, integers, numbersOf, runGraph, tensor } from '../../../test/support/run-graph.ts';
import { Graph, type Value } from '../graph.ts';
import { type Shape, symbol } from '../shape.ts';
import { expand, reshape, transpose } from './arrange.ts';
import { attentionFused, attentionPlain } from './attention.ts';
import { add, cast, div, erf, exp, gelu, greater, mul, quickGelu, shift, sub } from './elementwise.ts';
import { gather, range } from './gather.ts';
import { averagePool, convolution } from './image.ts';
import { concat, split } from './join.ts';
import { gemm, linear, matmul, project } from './matrix.ts';
import {
  type BatchNormWeights,
  batchNormBatch,
  batchNormFused,
  batchNormRunning,
  layerNorm,
} from './normalise.ts';
import { argMax, logSoftmax, reduceMean, reduceSum, softmax } from './reduce.ts';
import { dimValue, zeros } from './sizes.ts';
import { pad, reverse, slice } from './slice.ts';
import { topK } from './top-k.ts';

const batch = symbol('batch');
const length = symbol('length');

/** What a graph of one input computes from 0, 1, 2, … in this shape. */
async function fromCount(dims: readonly number[], build: (x: Value) => Value, shape: Shape = dims) {
  const graph = new Graph();
  const data = Array.from({ length: countOf(dims) }, (_, i) => i);
  const result = await evaluate(build(graph.input('x', 'float32', shape)), { x: tensor(dims, data) });
  return { dims: [...result.dims], data: numbersOf(result) };
}

describe('moving elements', () => {
  test.each<[string, (x: Value) => Value, number[], number[]]>([
    ['reshape', (x) => reshape(x, [3, 2]), [3, 2], [0, 1, 2, 3, 4, 5]],
    ['transpose', (x) => transpose(x, [1, 0]), [3, 2], [0, 3, 1, 4, 2, 5]],
    ['slice', (x) => slice(x, [{ axis: 1, start: 1, end: 3 }]), [2, 2], [1, 2, 4, 5]],
    ['slice in steps', (x) => slice(x, [{ axis: 1, start: 0, end: 3, step: 2 }]), [2, 2], [0, 2, 3, 5]],
    ['reverse', (x) => reverse(x, [1]), [2, 3], [2, 1, 0, 5, 4, 3]],
    ['pad', (x) => pad(x, [{ axis: 1, before: 1, after: 0 }]), [2, 4], [0, 0, 1, 2, 0, 3, 4, 5]],
    ['pad by cutting off', (x) => pad(x, [{ axis: 1, before: -1, after: 1 }]), [2, 3], [1, 2, 0, 4, 5, 0]],
    ['concat', (x) => concat([x, x], 1), [2, 6], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]],
    ['split', (x) => split(x, 1, [1, 2])[1]!, [2, 2], [1, 2, 4, 5]],
    ['expand', (x) => expand(slice(x, [{ axis: 0, start: 1, end: 2 }]), [2, 3]), [2, 3], [3, 4, 5, 3, 4, 5]],
    ['zeros', (x) => zeros(x), [2, 3], [0, 0, 0, 0, 0, 0]],
    ['reduceSum', (x) => reduceSum(x, [0]), [3], [3, 5, 7]],
    ['argMax', (x) => argMax(mul(shift(x, -1), shift(x, -1)), 1), [2], [0, 2]],
    ['reduceMean', (x) => reduceMean(x, [1]), [2], [1, 4]],
  ])('%s', async (_, build, dims, data) => {
    expect(await fromCount([2, 3], build)).toEqual({ dims, data });
    expect(await fromCount([2, 3], build, [2, 3])).toEqual({ dims, data });
  });

  test('topK: the largest of rows with their places, equal ones in order', async () => {
    const graph = new Graph();
    const { values, places } = topK(graph.input('x', 'float32', [batch, length]), 3);
    graph.output('values', values);
    graph.output('places', places);
    const x = tensor([2, 5], [3, 9, 1, 9, 4, 0, 0, 0, 0, 0]);
    const result = await runGraph(graph, { x });
    expect(numbersOf(result.values!)).toEqual([9, 9, 4, 0, 0, 0]);
    expect(numbersOf(result.places!)).toEqual([1, 3, 4, 0, 1, 2]);
  });

  test('gather and range', async () => {
    const graph = new Graph();
    const ids = graph.input('ids', 'int64', [batch, length]);
    const table = graph.input('table', 'float32', [3, 2]);
    graph.output('rows', gather(table, ids));
    graph.output('positions', range(dimValue(graph, length), length));
    const { rows, positions } = await runGraph(graph, {
      ids: integers([1, 3], [2, 0, 2]),
      table: tensor([3, 2], [0, 1, 10, 11, 20, 21]),
    });
    expect([rows!.dims, numbersOf(rows!)]).toEqual([
      [1, 3, 2],
      [20, 21, 0, 1, 20, 21],
    ]);
    expect(numbersOf(positions!)).toEqual([0, 1, 2]);
  });

  test('one graph at several sizes', async () => {
    const build = (x: Value) => reshape(transpose(reshape(x, [batch, length, 2, 3]), [0, 2, 1, 3]), x.shape);
    const small = await fromCount([1, 2, 6], build, [batch, length, 6]);
    expect(small.data).toEqual([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
    const large = await fromCount([2, 1, 6], build, [batch, length, 6]);
    expect(large).toEqual({ dims: [2, 1, 6], data: Array.from({ length: 12 }, (_, i) => i) });
  });
});

describe('on each element', () => {
  const at = async (build: (x: Value) => Value) => (await fromCount([3], build)).data;

  test('known values', async () => {
    expect(await at((x) => cast(cast(greater(x, x.graph.floats(0)), 'int32'), 'float32'))).toEqual([0, 1, 1]);
    expect(largestDifference(await at(erf), [0, 0.8427007929, 0.995322265])).toBeLessThan(2e-7);
    expect(largestDifference(await at(gelu), [0, 0.8413447461, 1.9544997361])).toBeLessThan(5e-7);
    const quick = [0, 1, 2].map((x) => x / (1 + Math.exp(-1.702 * x)));
    expect(largestDifference(await at(quickGelu), quick)).toBeLessThan(5e-7);
  });

  test('broadcasting with rows and columns', async () => {
    const row = (x: Value) => x.graph.floats([10, 20, 30]);
    expect((await fromCount([2, 3], (x) => add(x, row(x)))).data).toEqual([10, 21, 32, 13, 24, 35]);
    expect((await fromCount([2, 1], (x) => sub(x, row(x)))).data).toEqual([-10, -20, -30, -9, -19, -29]);
    expect((await fromCount([2, 1], (x) => mul(row(x), x))).data).toEqual([0, 0, 0, 10, 20, 30]);
    expect((await fromCount([3], (x) => div(x, x.graph.floats(2)))).data).toEqual([0, 0.5, 1]);
  });

  test('softmax and its logarithm', async () => {
    const e = [1, Math.E, Math.E ** 2].map((x, _, all) => x / all.reduce((a, b) => a + b, 0));
    expect(largestDifference(await at((x) => softmax(x, 0)), e)).toBeLessThan(1e-7);
    expect(largestDifference(await at((x) => exp(logSoftmax(x, 0))), e)).toBeLessThan(1e-7);
    const columns = (await fromCount([3, 1], (x) => softmax(x, 0))).data;
    expect(largestDifference(columns, e)).toBeLessThan(1e-7);
  });
});

describe('matrix products', () => {
  /** 0…5 as [2, 3] times 0…5 as [3, 2]. */
  const product = [10, 13, 28, 40];
  const factors = (x: Value, { a = false, b = false }) => {
    const left = x;
    const right = reshape(x, [3, 2]);
    return [a ? transpose(left, [1, 0]) : left, b ? transpose(right, [1, 0]) : right] as const;
  };

  test.each([{}, { a: true }, { b: true }, { a: true, b: true }])('transposed %o', async (flags) => {
    const bias = (x: Value) => x.graph.floats([100, 200]);
    expect((await fromCount([2, 3], (x) => gemm(...factors(x, flags), undefined, flags))).data).toEqual(
      product,
    );
    expect((await fromCount([2, 3], (x) => gemm(...factors(x, flags), bias(x), flags))).data).toEqual([
      110, 213, 128, 240,
    ]);
    expect((await fromCount([2, 3], (x) => matmul(...factors(x, flags), flags, 0.5))).data).toEqual(
      product.map((value) => value / 2),
    );
  });

  test('linear reads its weight by rows, project by columns', async () => {
    const weight = (x: Value) => reshape(x.graph.floats([1, 2, 3, 4]), [2, 2]);
    const shape = [1, batch, 2];
    expect(await fromCount([1, 2, 2], (x) => linear(x, weight(x), x.graph.floats([10, 20])), shape)).toEqual({
      dims: [1, 2, 2],
      data: [12, 24, 18, 38],
    });
    expect((await fromCount([1, 2, 2], (x) => project(x, weight(x)), shape)).data).toEqual([3, 4, 11, 16]);
  });
});

describe('feature maps', () => {
  /** The largest difference between the two layouts of an operation on [2, channels, 4, 6]. */
  async function layoutsDiffer(channels: number, apply: (x: Value, layout: 'nchw' | 'nhwc') => Value) {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [batch, channels, 4, 6]);
    graph.output('nchw', apply(x, 'nchw'));
    graph.output('nhwc', transpose(apply(transpose(x, [0, 2, 3, 1]), 'nhwc'), [0, 3, 1, 2]));
    const results = await runGraph(graph, {
      x: tensor([2, channels, 4, 6], numbers(48 * channels)),
    });
    expect(results.nhwc!.dims).toEqual(results.nchw!.dims);
    return largestDifference(numbersOf(results.nchw!), numbersOf(results.nhwc!));
  }

  test.each([1, 3, 5])(
    'a convolution with a kernel of side %d is the same in both layouts',
    async (kernel) => {
      const difference = await layoutsDiffer(3, (x, layout) => {
        const weight = x.graph.floats([...numbers(4 * 3 * kernel * kernel, 2)]);
        const window = { stride: 1, padding: (kernel - 1) / 2 };
        return convolution(x, reshape(weight, [4, 3, kernel, kernel]), window, layout);
      });
      expect(difference).toBeLessThan(1e-5);
    },
  );

  test('a convolution computes sums of windows', async () => {
    const ones = (x: Value) => reshape(x.graph.floats(Array(9).fill(1)), [1, 1, 3, 3]);
    const windows = (stride: number) =>
      fromCount([1, 1, 3, 3], (x) => convolution(x, ones(x), { stride, padding: 1 }, 'nchw'));
    expect((await windows(1)).data).toEqual([8, 15, 12, 21, 36, 27, 20, 33, 24]);
    expect(await windows(2)).toEqual({ dims: [1, 1, 2, 2], data: [8, 12, 20, 24] });
  });

  test('averagePool is the same in both layouts', async () => {
    expect(await layoutsDiffer(3, (x, layout) => averagePool(x, 2, layout))).toBeLessThan(1e-6);
    expect((await fromCount([1, 1, 2, 4], (x) => averagePool(x, 2, 'nchw'))).data).toEqual([2.5, 4.5]);
    expect(await fromCount([1, 1, 1, 2], (x) => averagePool(x, 1, 'nchw'))).toEqual({
      dims: [1, 1, 1, 2],
      data: [0, 1],
    });
  });
});

describe('normalisation', () => {
  const random = (graph: Graph, channels: number, seed: number): BatchNormWeights => {
    const values = (from: number, to: number, offset: number) =>
      graph.floats([...numbers(channels, seed + offset, from, to)]);
    return {
      weight: values(-2, 2, 0),
      bias: values(-2, 2, 1),
      runningMean: values(-1, 1, 2),
      runningVariance: values(0.5, 2, 3),
    };
  };

  test('layerNorm', async () => {
    const { data } = await fromCount([2, 2], (x) =>
      layerNorm(x, x.graph.floats([1, 2]), x.graph.floats([0, 5]), 0.75),
    );
    // Variance 1/4, so every row is ∓½ / √(¼ + ¾).
    expect(data).toEqual([-0.5, 6, -0.5, 6]);
  });

  test('by running statistics: fused as plain, in both layouts', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [batch, 3, 2, 2]);
    const weights = random(graph, 3, 5);
    graph.output('fused', batchNormFused(x, weights, 1e-5));
    graph.output('plain', batchNormRunning(x, weights, 1e-5, 1));
    const rows = batchNormRunning(transpose(x, [0, 2, 3, 1]), weights, 1e-5, 3);
    graph.output('rows', transpose(rows, [0, 3, 1, 2]));
    for (const size of [1, 3]) {
      const feeds = { x: tensor([size, 3, 2, 2], numbers(size * 12)) };
      const { fused, plain, rows: nhwc } = await runGraph(graph, feeds);
      expect(largestDifference(numbersOf(fused!), numbersOf(plain!))).toBeLessThan(1e-5);
      expect(largestDifference(numbersOf(nhwc!), numbersOf(plain!))).toBeLessThan(1e-5);
    }
  });

  describe('by the statistics of the batch', () => {
    const CHANNELS = 2;
    const AREA = 6;

    /** What the definition gives, in float64: normalised values and the running statistics after it. */
    function reference(x: readonly number[], weights: Record<keyof BatchNormWeights, number[]>) {
      const size = x.length / (CHANNELS * AREA);
      const y = new Array<number>(x.length);
      const [means, variances]: [number[], number[]] = [[], []];
      for (let c = 0; c < CHANNELS; c++) {
        const at = Array.from({ length: size * AREA }, (_, i) => {
          return (Math.floor(i / AREA) * CHANNELS + c) * AREA + (i % AREA);
        });
        const mean = at.reduce((sum, i) => sum + x[i]!, 0) / at.length;
        const squares = at.reduce((sum, i) => sum + (x[i]! - mean) ** 2, 0);
        const deviation = Math.sqrt(squares / at.length + 1e-5);
        for (const i of at) y[i] = ((x[i]! - mean) / deviation) * weights.weight[c]! + weights.bias[c]!;
        means.push(0.9 * weights.runningMean[c]! + 0.1 * mean);
        variances.push(0.9 * weights.runningVariance[c]! + (0.1 * squares) / (at.length - 1));
      }
      return { y, means, variances };
    }

    test.each([1, 3] as const)('two of one width keep their own, channels on axis %d', async (axis) => {
      const graph = new Graph();
      const names = ['weight', 'bias', 'runningMean', 'runningVariance'] as const;
      const feeds: Record<string, ReturnType<typeof tensor>> = {};
      const units = ['first', 'second'].map((unit, i) => {
        const x = graph.input(unit, 'float32', [batch, CHANNELS, 2, 3]);
        const weights = Object.fromEntries(
          names.map((name, k) => {
            const key = `${unit}.${name}`;
            feeds[key] = tensor([CHANNELS], numbers(CHANNELS, 20 + 4 * i + k, 0.5, 2));
            return [name, graph.parameter(key, [CHANNELS])];
          }),
        ) as Record<(typeof names)[number], Value>;
        const map = axis === 1 ? x : transpose(x, [0, 2, 3, 1]);
        const y = batchNormBatch(map, weights, 1e-5, axis);
        graph.output(`${unit}.y`, axis === 1 ? y : transpose(y, [0, 3, 1, 2]));
        return unit;
      });
      expect(graph.bufferUpdates.map(({ buffer }) => buffer.name)).toEqual(
        units.flatMap((unit) => [`${unit}.runningMean`, `${unit}.runningVariance`]),
      );
      for (const { buffer, updated } of graph.bufferUpdates) graph.output(`${buffer.name}.updated`, updated);

      for (const size of [2, 3, 2]) {
        units.forEach((unit, i) => {
          feeds[unit] = tensor(
            [size, CHANNELS, 2, 3],
            numbers(size * CHANNELS * AREA, 30 + i, -2, 4 * i + 1),
          );
        });
        const results = await runGraph(graph, feeds);
        for (const unit of units) {
          const weights = Object.fromEntries(
            names.map((name) => [name, numbersOf(feeds[`${unit}.${name}`]!)]),
          );
          const { y, means, variances } = reference(numbersOf(feeds[unit]!), weights as never);
          const differs = (name: string, expected: number[]) =>
            largestDifference(numbersOf(results[`${unit}.${name}`]!), expected);
          expect(differs('y', y)).toBeLessThan(5e-6);
          expect(differs('runningMean.updated', means)).toBeLessThan(1e-6);
          expect(differs('runningVariance.updated', variances)).toBeLessThan(1e-6);
        }
      }
    });
  });
});

describe('attention', () => {
  test.each([true, false])('fused as plain, with a mask: %s', async (masked) => {
    const graph = new Graph();
    const [query, key, value] = ['query', 'key', 'value'].map((name) =>
      graph.input(name, 'float32', [batch, name === 'query' ? 3 : length, 8]),
    ) as [Value, Value, Value];
    const keep = graph.input('keep', 'int32', [batch, length]);
    const inputs = { query, key, value, heads: 2, ...(masked ? { keep } : {}) };
    graph.output('plain', attentionPlain(inputs));
    graph.output('fused', attentionFused(inputs));
    for (const [size, keys] of [
      [2, 4],
      [3, 5],
    ] as const) {
      const { plain, fused } = await runGraph(graph, {
        query: tensor([size, 3, 8], numbers(size * 24, 1)),
        key: tensor([size, keys, 8], numbers(size * keys * 8, 2)),
        value: tensor([size, keys, 8], numbers(size * keys * 8, 3)),
        keep: {
          dims: [size, keys],
          data: Int32Array.from({ length: size * keys }, (_, i) => (i % 3 ? 1 : 0)),
        },
      });
      expect(plain!.dims).toEqual([size, 3, 8]);
      expect(largestDifference(numbersOf(plain!), numbersOf(fused!))).toBeLessThan(2e-6);
    }
  });

  test('a causal query sees the keys up to its own place, fused as plain', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [batch, length, 8]);
    graph.output('plain', attentionPlain({ query: x, key: x, value: x, heads: 2, causal: true }));
    graph.output('fused', attentionFused({ query: x, key: x, value: x, heads: 2, causal: true }));
    graph.output('free', attentionPlain({ query: x, key: x, value: x, heads: 2 }));
    const run = async (tokens: number) => {
      const data = numbers(2 * 5 * 8, 4);
      const rows = [0, 1].flatMap((i) => [...data.subarray(i * 40, i * 40 + tokens * 8)]);
      return runGraph(graph, { x: tensor([2, tokens, 8], rows) });
    };
    const [five, three] = [await run(5), await run(3)];
    expect(largestDifference(numbersOf(five.plain!), numbersOf(five.fused!))).toBeLessThan(2e-6);
    for (const text of [0, 1]) {
      const row = (result: typeof five, name: string, tokens: number) =>
        numbersOf(result[name]!).slice(text * tokens * 8, text * tokens * 8 + 24);
      expect(largestDifference(row(five, 'fused', 5), row(three, 'fused', 3))).toBeLessThan(2e-6);
      expect(largestDifference(row(five, 'free', 5), row(three, 'free', 3))).toBeGreaterThan(1e-2);
      const last = numbersOf(three.free!).slice(text * 24 + 16, text * 24 + 24);
      expect(largestDifference(row(three, 'plain', 3).slice(16), last)).toBeLessThan(2e-6);
    }
  });

  test('a key that is not kept has no influence', async () => {
    const run = async (masked: number) => {
      const graph = new Graph();
      const x = graph.input('x', 'float32', [1, 3, 4]);
      const keep = graph.input('keep', 'int32', [1, 3]);
      const data = numbers(12);
      data.fill(masked, 8);
      return numbersOf(
        await evaluate(attentionPlain({ query: x, key: x, value: x, heads: 2, keep }), {
          x: tensor([1, 3, 4], data),
          keep: { dims: [1, 3], data: Int32Array.of(1, 1, 0) },
        }),
      ).slice(0, 8);
    };
    expect(await run(3)).toEqual(await run(-3));
  });
});
