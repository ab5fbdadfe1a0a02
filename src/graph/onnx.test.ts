import { describe, expect, test } from 'vitest';
import { numbers } from '../../test/support/numbers.ts';
import { type Fields, integersOf, messages, readFields, texts } from '../../test/support/protobuf-reader.ts';
import { numbersOf, runGraph, runModel, tensor } from '../../test/support/run-graph.ts';
import { Graph, type Operator } from './graph.ts';
import { type OnnxOptions, toOnnx, toOnnxParts } from './onnx.ts';
import { reshape } from './operators/arrange.ts';
import { attentionFused } from './operators/attention.ts';
import { apply1 } from './operators/define.ts';
import { add, mul } from './operators/elementwise.ts';
import { split } from './operators/join.ts';
import { linear } from './operators/matrix.ts';
import { layerNorm } from './operators/normalise.ts';
import { reverse } from './operators/slice.ts';
import { varint } from './protobuf.ts';
import { symbol } from './shape.ts';

const FEEDS: OnnxOptions = { parameters: 'feeds' };

/** The fields of ModelProto.graph (onnx.proto). */
function graphOf(graph: Graph, options = FEEDS): Fields {
  return messages(readFields(toOnnx(graph, options)), 7)[0]!;
}

/** Name, element type and dimensions of a ValueInfoProto. */
function valueInfo(info: Fields) {
  const [tensorType] = messages(messages(info, 2)[0]!, 1);
  const dims = messages(messages(tensorType!, 2)[0]!, 1).map((dim) =>
    dim.has(1) ? integersOf(dim, 1)[0] : texts(dim, 2)[0],
  );
  return { name: texts(info, 1)[0], type: integersOf(tensorType!, 1)[0], dims };
}

const attributesOf = (node: Fields) =>
  new Map(messages(node, 5).map((attribute) => [texts(attribute, 1)[0]!, attribute]));

/** Key and text of each entry of TensorProto.external_data. */
const externalData = (initializer: Fields) =>
  Object.fromEntries(messages(initializer, 13).map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]]));

describe('protobuf', () => {
  test.each([0n, 1n, 127n, 128n, 300n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -1n, -(2n ** 63n)])(
    'the integer %d',
    (value) => {
      expect(readFields(Uint8Array.from([8, ...varint(value)])).get(1)).toEqual([value]);
    },
  );
});

describe('a model', () => {
  test('names its operator sets, inputs, outputs and element types', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [symbol('batch'), symbol('length'), 4]);
    graph.input('ids', 'int64', [symbol('batch')]);
    graph.input('keep', 'int32', []);
    graph.output('rows', reshape(x, [{ factor: 2, symbols: ['batch', 'length'] }, 2]));
    const model = readFields(toOnnx(graph, FEEDS));
    const versions = messages(model, 8).map((set) => [texts(set, 1)[0], integersOf(set, 2)[0]]);
    expect(versions).toEqual([['', 21]]);
    expect(integersOf(model, 1)).toEqual([10]);
    expect(messages(graphOf(graph), 11).map(valueInfo)).toEqual([
      { name: 'x', type: 1, dims: ['batch', 'length', 4] },
      { name: 'ids', type: 7, dims: ['batch'] },
      { name: 'keep', type: 6, dims: [] },
    ]);
    expect(messages(graphOf(graph), 12).map(valueInfo)).toEqual([
      { name: 'rows', type: 1, dims: ['2·batch·length', 2] },
    ]);
  });

  test('holds its constants: floats, and integers that may be negative', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    graph.output('y', add(reverse(x, [0]), graph.floats([0.1, -2, 1e-30])));
    const constants = messages(graphOf(graph), 5).map((constant) => {
      const bytes = (constant.get(9)![0] as Uint8Array).slice().buffer;
      const isLong = integersOf(constant, 2)[0] === 7;
      return {
        dims: integersOf(constant, 1),
        data: isLong ? Array.from(new BigInt64Array(bytes), Number) : [...new Float32Array(bytes)],
      };
    });
    expect(constants).toContainEqual({ dims: [1], data: [-1] });
    expect(constants).toContainEqual({ dims: [1], data: [-(2 ** 31)] });
    expect(constants).toContainEqual({ dims: [3], data: [Math.fround(0.1), -2, Math.fround(1e-30)] });
  });

  test('holds attributes of every kind', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    const operator: Operator = { name: 'Anything', infer: () => [{ elements: 'float32', shape: [3] }] };
    graph.output(
      'y',
      apply1(operator, [x], {
        positive: 2 ** 40,
        negative: -3,
        list: [1, -1, -(2 ** 40)],
        empty: [],
        real: { float: 1.702 },
        text: '图文',
      }),
    );
    const [node] = messages(graphOf(graph), 1);
    const attributes = attributesOf(node!);
    const kind = (name: string) => integersOf(attributes.get(name)!, 20)[0];
    expect([integersOf(attributes.get('positive')!, 3), kind('positive')]).toEqual([[2 ** 40], 2]);
    expect([integersOf(attributes.get('negative')!, 3), kind('negative')]).toEqual([[-3], 2]);
    expect([integersOf(attributes.get('list')!, 8), kind('list')]).toEqual([[1, -1, -(2 ** 40)], 7]);
    expect([integersOf(attributes.get('empty')!, 8), kind('empty')]).toEqual([[], 7]);
    expect([attributes.get('real')!.get(2), kind('real')]).toEqual([[Math.fround(1.702)], 1]);
    expect([texts(attributes.get('text')!, 4), kind('text')]).toEqual([['图文'], 3]);
  });

  test('leaves absent inputs empty, and only outputs that need not be computed', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [1, 2, 4]);
    const keep = graph.input('keep', 'int32', [1, 2]);
    const [first] = split(attentionFused({ query: x, key: x, value: x, heads: 2, keep }), 2, [2, 1, 1]);
    graph.output('y', layerNorm(first!, graph.floats([1, 1]), graph.floats([0, 0]), 1e-5));
    const nodes = messages(graphOf(graph), 1);
    const [attention, cut, norm] = nodes as [Fields, Fields, Fields];
    expect(texts(attention, 1)).toEqual(['x', 'x', 'x', '', 'keep']);
    expect(texts(attention, 7)).toEqual(['com.microsoft']);
    expect(texts(cut, 2).length).toBe(3);
    expect(texts(norm, 2)).toEqual(['y']);
  });
});

describe('results', () => {
  test('may be inputs, and one value may go by several names', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const y = mul(x, x);
    for (const name of ['y', 'again']) graph.output(name, y);
    graph.output('same', x);
    const results = await runGraph(graph, { x: tensor([2], [3, 4]) });
    expect(
      Object.fromEntries(Object.entries(results).map(([name, value]) => [name, numbersOf(value)])),
    ).toEqual({
      y: [9, 16],
      again: [9, 16],
      same: [3, 4],
    });
  });
});

describe('weights beside the model', () => {
  function affine() {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [symbol('batch'), 3]);
    graph.output('y', linear(x, graph.parameter('weight', [4, 3]), graph.parameter('bias', [4])));
    return graph;
  }
  const x = tensor([2, 3], numbers(6, 1));
  const weight = tensor([4, 3], numbers(12, 2));
  const bias = tensor([4], numbers(4, 3));

  test('give the same results as weights that are fed', async () => {
    const bytes = new Uint8Array(128);
    bytes.set(new Uint8Array(weight.data.buffer), 64);
    bytes.set(new Uint8Array(bias.data.buffer), 16);
    const onnx = toOnnx(affine(), {
      parameters: new Map([
        ['weight', { location: 'data', offset: 64, length: 48 }],
        ['bias', { location: 'data', offset: 16, length: 16 }],
      ]),
    });
    const model = { onnx, weights: new Map([['data', bytes]]) };
    const stored = numbersOf((await runModel(model, { x })).y!);
    const fed = numbersOf((await runGraph(affine(), { x, weight, bias })).y!);
    expect(stored).toEqual(fed);
    expect(new Set(fed).size).toBeGreaterThan(4);
  });

  test('are initialisers, not inputs, at any distance into their file', () => {
    const offset = 3 * 2 ** 30 + 8;
    const parameters = new Map([
      ['weight', { location: 'weights.bin', offset, length: 48 }],
      ['bias', { location: 'weights.bin', offset: 0, length: 16 }],
    ]);
    const body = graphOf(affine(), { parameters });
    expect(messages(body, 11).map((input) => texts(input, 1)[0])).toEqual(['x']);
    const initializers = messages(body, 5);
    const [stored] = initializers.filter((each) => texts(each, 8)[0] === 'weight') as [Fields];
    expect(externalData(stored)).toEqual({ location: 'weights.bin', offset: String(offset), length: '48' });
    expect(integersOf(stored, 14)).toEqual([1]);
    expect(integersOf(stored, 1)).toEqual([4, 3]);
    expect(stored.has(9)).toBe(false);
  });

  test('may lie in the file, made when it is written; the pieces are the whole', async () => {
    let made = 0;
    const lazily = (bytes: Uint8Array) => ({
      length: bytes.length,
      bytes: () => {
        made += 1;
        return bytes;
      },
    });
    const inline = (data: ArrayLike<number>) => ({
      inline: lazily(new Uint8Array(Float32Array.from(data).buffer)),
    });
    const options: OnnxOptions = {
      parameters: new Map([
        ['weight', inline(numbers(12, 2))],
        ['bias', inline(numbers(4, 3))],
      ]),
      opset: 18,
      metadata: { about: '图文' },
    };
    const parts = toOnnxParts(affine(), options)[Symbol.iterator]();
    parts.next();
    expect(made).toBe(0);
    parts.next();
    expect(made).toBe(1);
    const whole = toOnnx(affine(), options);
    expect(Buffer.concat([...toOnnxParts(affine(), options)]).equals(whole)).toBe(true);
    const [entry] = messages(readFields(whole), 14);
    expect([texts(entry!, 1), texts(entry!, 2)]).toEqual([['about'], ['图文']]);
    const stored = numbersOf((await runModel({ onnx: whole }, { x })).y!);
    expect(stored).toEqual(numbersOf((await runGraph(affine(), { x, weight, bias })).y!));
  });

  test('must all be there', () => {
    expect(() => toOnnx(affine(), { parameters: new Map() })).toThrow(
      expect.objectContaining({ code: 'TUWEN_GRAPH_INVALID' }),
    );
  });
});
