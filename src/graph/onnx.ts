/** ONNX bytes from a graph (onnx.proto of ONNX 1.16; field numbers are its own). */
import { TuwenError } from '../base/index.ts';
import type { Attribute, Constant, Node, Value } from './graph.ts';
import { ONNX_TYPES } from './operators/elementwise.ts';
import type { Part } from './part.ts';
import { type LazyBytes, Message } from './protobuf.ts';
import { formatDim } from './shape.ts';

/** Where the bytes of a weight lie outside the ONNX file. */
export interface ExternalBytes {
  /** The name of the data file or buffer. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Where the bytes of a weight are: outside the ONNX file, or in it. */
export type WeightBytes = ExternalBytes | { readonly inline: Uint8Array | LazyBytes };

export interface OnnxOptions {
  /** `feeds`: parameters are inputs of every run. A map: parameters are constants, stored where it says. */
  readonly parameters: 'feeds' | ReadonlyMap<string, WeightBytes>;
  /** Version of ONNX's operators. Default: 21; 18 is the lowest in which the portable lowerings can be written. */
  readonly opset?: 18 | 21;
  /** What a reader may want to know, by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The oldest version of the file format that goes with a version of the operators (ONNX's table of versions). */
const IR_VERSIONS = { 18: 8, 21: 10 } as const;
const MICROSOFT_OPSET = 1;
const EXTERNAL = 1;

/** A graph, or a part of one, as an ONNX model. Throws where a parameter has no bytes. */
export function toOnnx(graph: Part, options: OnnxOptions): Uint8Array {
  return modelMessage(graph, options).encode();
}

/** The same, piece by piece: a large model needs no memory of its size. */
export function toOnnxParts(graph: Part, options: OnnxOptions): Iterable<Uint8Array> {
  return modelMessage(graph, options).parts();
}

function modelMessage(graph: Part, { parameters, opset = 21, metadata = {} }: OnnxOptions): Message {
  const model = new Message()
    .integer(1, IR_VERSIONS[opset])
    .text(2, 'tuwen')
    .message(7, graphMessage(graph, parameters))
    .message(8, new Message().text(1, '').integer(2, opset));
  if (graph.nodes.some(({ operator }) => operator.domain === 'com.microsoft')) {
    model.message(8, new Message().text(1, 'com.microsoft').integer(2, MICROSOFT_OPSET));
  }
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, new Message().text(1, key).text(2, value));
  }
  return model;
}

function graphMessage(graph: Part, parameters: OnnxOptions['parameters']): Message {
  const body = new Message();
  const nameOf = nameTable(graph);
  const used = usedValues(graph);
  for (const node of leavesLast(graph.nodes)) body.message(1, nodeMessage(node, nameOf, used));
  body.text(2, 'tuwen');
  for (const constant of graph.constants) body.message(5, constantMessage(constant));
  for (const input of graph.inputs) body.message(11, valueInfo(input.name, input));
  for (const [name, value] of graph.parameters) {
    if (parameters === 'feeds') body.message(11, valueInfo(name, value));
    else body.message(5, weightMessage(name, value, parameters));
  }
  for (const [name, value] of graph.outputs) {
    if (nameOf(value) !== name) body.message(1, identity(nameOf(value), name));
    body.message(12, valueInfo(name, value));
  }
  return body;
}

/**
 * Nodes whose outputs no other reads go to the end, the first one last. The engine orders its work depth first, beginning with
 * the last such node: so what is computed first here is computed first there, and each gradient is done with before the next one
 * is begun, instead of all of them being kept waiting for the last.
 */
function leavesLast(nodes: readonly Node[]): Node[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isLeaf = ({ outputs }: Node) => outputs.every((output) => !read.has(output));
  return [...nodes.filter((node) => !isLeaf(node)), ...nodes.filter(isLeaf).reverse()];
}

/** Values go by the name of the first output they are, else by their own. */
function nameTable(graph: Part): (value: Value) => string {
  const renamed = new Map<Value, string>();
  for (const [name, value] of graph.outputs) if (value.node && !renamed.has(value)) renamed.set(value, name);
  return (value) => renamed.get(value) ?? value.name;
}

/** The values that some node or output reads: an operator need not compute its other outputs. */
function usedValues(graph: Part): Set<Value> {
  const used = new Set<Value>(graph.outputs.values());
  for (const node of graph.nodes) for (const input of node.inputs) if (input) used.add(input);
  return used;
}

function nodeMessage(node: Node, nameOf: (value: Value) => string, used: ReadonlySet<Value>): Message {
  const message = new Message();
  const inputs = node.inputs.map((input) => (input ? nameOf(input) : ''));
  const { requiredOutputs = node.outputs.length } = node.operator;
  const outputs = node.outputs.map((output, i) =>
    i < requiredOutputs || used.has(output) ? nameOf(output) : '',
  );
  for (const name of trimEnd(inputs)) message.text(1, name);
  for (const name of trimEnd(outputs)) message.text(2, name);
  message.text(4, node.operator.name);
  for (const [name, value] of Object.entries(node.attributes)) message.message(5, attribute(name, value));
  if (node.operator.domain) message.text(7, node.operator.domain);
  return message;
}

/** Absent optional names at the end are left out, those in between are empty. */
function trimEnd(names: readonly string[]): readonly string[] {
  const last = names.findLastIndex((name) => name !== '');
  return names.slice(0, last + 1);
}

const identity = (from: string, to: string) => new Message().text(1, from).text(2, to).text(4, 'Identity');

const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

function attribute(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, ATTRIBUTE_INT);
  if (typeof value === 'string') return message.text(4, value).integer(20, ATTRIBUTE_STRING);
  if ('float' in value) return message.float(2, value.float).integer(20, ATTRIBUTE_FLOAT);
  for (const item of value) message.integer(8, item);
  return message.integer(20, ATTRIBUTE_INTS);
}

function valueInfo(name: string, { elements, shape }: Value): Message {
  const dims = new Message();
  for (const dim of shape) {
    const entry = new Message();
    dims.message(1, typeof dim === 'number' ? entry.integer(1, dim) : entry.text(2, formatDim(dim)));
  }
  const tensor = new Message().integer(1, ONNX_TYPES[elements]).message(2, dims);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

function constantMessage({ value, data }: Constant): Message {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return tensorMessage(value.name, value).bytes(9, bytes);
}

function weightMessage(name: string, value: Value, stored: ReadonlyMap<string, WeightBytes>): Message {
  const bytes = stored.get(name);
  if (!bytes) {
    throw new TuwenError('TUWEN_GRAPH_INVALID', { operator: `parameter ${name}`, reason: 'has no bytes' });
  }
  if ('inline' in bytes) return tensorMessage(name, value).bytes(9, bytes.inline);
  const entry = (key: string, text: string) => new Message().text(1, key).text(2, text);
  return tensorMessage(name, value)
    .message(13, entry('location', bytes.location))
    .message(13, entry('offset', String(bytes.offset)))
    .message(13, entry('length', String(bytes.length)))
    .integer(14, EXTERNAL);
}

function tensorMessage(name: string, { elements, shape }: Value): Message {
  const message = new Message();
  for (const dim of shape) message.integer(1, dim as number);
  return message.integer(2, ONNX_TYPES[elements]).text(8, name);
}
