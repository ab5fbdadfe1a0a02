import { describe, expect, test } from 'vitest';
import { largestDifference, numbers } from '../../../test/support/numbers.ts';
import { integers, numbersOf, runModel, tensor } from '../../../test/support/run-graph.ts';
import { Graph, type Value } from '../graph.ts';
import { toOnnx } from '../onnx.ts';
import { BLOCK_SIZE, type QuantisedForm, quantise } from '../quantise.ts';
import { symbol } from '../shape.ts';
import { linearInt4, linearInt8, linearInt8Portable, lookupInt8 } from './quantised.ts';

// Rows of 80 numbers are two and a half blocks.
const [OUTPUTS, INPUTS, ROWS] = [6, 80, 3];
const matrix = Float32Array.from(numbers(OUTPUTS * INPUTS, 1));
const bias = numbers(OUTPUTS, 2);
const x = numbers(ROWS * INPUTS, 3);

/** The numbers that a quantised matrix [OUTPUTS, INPUTS] stands for, by the definition of its form. */
function meant(form: QuantisedForm): number[] {
  const { weight, scales } = quantise(form, matrix, OUTPUTS, INPUTS);
  const blocks = Math.ceil(INPUTS / BLOCK_SIZE);
  return Array.from(matrix, (_, place) => {
    const [row, column] = [Math.floor(place / INPUTS), place % INPUTS];
    if (form === 'int8-columns') return weight[column * OUTPUTS + row]! * scales[row]!;
    if (form === 'int8-rows') return weight[place]! * scales[row]!;
    const byte = weight[(row * blocks * BLOCK_SIZE) / 2 + (column >> 1)]!;
    const four = column & 1 ? byte >> 4 : byte & 15;
    return (four - 8) * scales[row * blocks + Math.floor(column / BLOCK_SIZE)]!;
  });
}

function product(weights: readonly number[]): number[] {
  return Array.from({ length: ROWS * OUTPUTS }, (_, place) => {
    const [row, output] = [Math.floor(place / OUTPUTS), place % OUTPUTS];
    const terms = Array.from(
      { length: INPUTS },
      (_, i) => x[row * INPUTS + i]! * weights[output * INPUTS + i]!,
    );
    return terms.reduce((a, b) => a + b, 0) + bias[output]!;
  });
}

async function run(form: QuantisedForm, layer: (x: Value, weight: Value, bias: Value) => Value) {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [symbol('batch'), INPUTS]);
  graph.output(
    'y',
    layer(input, graph.parameter('w', [OUTPUTS, INPUTS]), graph.parameter('bias', [OUTPUTS])),
  );
  const results = await runStored(graph, form, { x: tensor([ROWS, INPUTS], x) });
  return numbersOf(results.y!);
}

/** Runs a graph whose matrix `w` is held in a form. */
function runStored(graph: Graph, form: QuantisedForm, feeds: Parameters<typeof runModel>[1]) {
  const { weight, scales } = quantise(form, matrix, OUTPUTS, INPUTS);
  const made = graph.quantisedParameters.get('w')!;
  expect(made.form).toBe(form);
  const parameters = new Map([
    [made.weight.name, { inline: bytesOf(weight) }],
    [made.scales.name, { inline: bytesOf(scales) }],
    ['bias', { inline: bytesOf(bias) }],
  ]);
  return runModel({ onnx: toOnnx(graph, { parameters }) }, feeds);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

describe('linear layers', () => {
  test('in 4 bits compute with the numbers that the blocks stand for', async () => {
    const exact = product(meant('int4-blocks'));
    expect(largestDifference(await run('int4-blocks', linearInt4), exact)).toBeLessThan(1e-4);
  });

  test.each([
    ['one operator', linearInt8],
    ['standard operators', linearInt8Portable],
  ])('in 8 bits, by %s, are as exact as the rounding of their inputs', async (_, layer) => {
    const exact = product(meant('int8-columns'));
    // Every input is off by at most half a step of its range over 255.
    const step = (Math.max(...x, 0) - Math.min(...x, 0)) / 255;
    const row = Math.max(
      ...Array.from({ length: OUTPUTS }, (_, i) =>
        matrix.slice(i * INPUTS, (i + 1) * INPUTS).reduce((sum, value) => sum + Math.abs(value), 0),
      ),
    );
    const got = await run('int8-columns', layer);
    expect(largestDifference(got, exact)).toBeLessThan(0.51 * step * row);
    expect(largestDifference(got, exact)).toBeGreaterThan(0);
  });

  test('the two ways in 8 bits agree', async () => {
    const [one, standard] = [
      await run('int8-columns', linearInt8),
      await run('int8-columns', linearInt8Portable),
    ];
    expect(largestDifference(one, standard)).toBeLessThan(1e-4);
  });

  test('refuse inputs of another width', () => {
    const graph = new Graph();
    const narrow = graph.input('x', 'float32', [1, 4]);
    for (const layer of [linearInt4, linearInt8, linearInt8Portable]) {
      const other = new Graph();
      const input = other.input('x', 'float32', narrow.shape);
      expect(() => layer(input, other.parameter('w', [3, 5]))).toThrow(
        expect.objectContaining({ code: 'TUWEN_GRAPH_INVALID' }),
      );
    }
  });
});

test('a table in 8 bits gives the rows it stands for', async () => {
  const graph = new Graph();
  const ids = graph.input('ids', 'int64', [symbol('batch'), 2]);
  graph.output('y', lookupInt8(graph.parameter('w', [OUTPUTS, INPUTS]), ids));
  const results = await runStored(graph, 'int8-rows', { ids: integers([2, 2], [5, 0, 3, 3]) });
  const table = meant('int8-rows');
  const expected = [5, 0, 3, 3].flatMap((row) => table.slice(row * INPUTS, (row + 1) * INPUTS));
  expect(largestDifference(numbersOf(results.y!), expected)).toBeLessThan(1e-6);
  expect(results.y!.dims).toEqual([2, 2, INPUTS]);
});

test('a matrix may not be held in two forms', () => {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [1, INPUTS]);
  const weight = graph.parameter('w', [OUTPUTS, INPUTS]);
  linearInt4(input, weight);
  expect(() => linearInt8(input, weight)).toThrow(expect.objectContaining({ code: 'TUWEN_GRAPH_INVALID' }));
});
