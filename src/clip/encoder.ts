import { type Engine, type EngineModel, type Feeds, startEngine } from '../engine/index.ts';
import { Graph, int8, type Lowering, quantiseColumns, serving, symbol, toOnnx } from '../graph/index.ts';
import { fromFloat32, type StateDict, type Tensor, toFloat32 } from '../weights/index.ts';
import type { ClipConfig } from './config.ts';
import { placeWeights } from './place-weights.ts';
import { builder, imageTower, textTower } from './towers/index.ts';

/** Both towers, ready to run on a thread of their own. */
export interface Encoder {
  /** Prepared pictures, count × 3 × size × size → count × embedDim. The memory of `pixels` is moved. */
  images(pixels: Float32Array, count: number, signal?: AbortSignal): Promise<Float32Array>;
  /** Token ids, count × width with 0 after the last token → count × embedDim. The memory of `ids` is moved. */
  texts(ids: BigInt64Array, count: number, signal?: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface EncoderOptions {
  readonly threads?: number;
  /** `int8`: linear layers in 8 bits. Default: `fp32`. */
  readonly precision?: 'fp32' | 'int8';
}

/** Builds the serving graphs of a model and loads them. The memory of float32 weights is moved to the engine. */
export async function startEncoder(
  config: ClipConfig,
  weights: StateDict,
  { threads, precision = 'fp32' }: EncoderOptions = {},
): Promise<Encoder> {
  const lowering = precision === 'int8' ? int8 : serving;
  const graphs = { image: imageGraph(config, lowering), text: textGraph(config, lowering) };
  const tensors = Object.values(graphs).flatMap((graph) => tensorsOf(graph, weights));
  const { buffers, places, folder } = placeWeights(tensors);
  const model = (graph: Graph): EngineModel => ({
    onnx: toOnnx(graph, { parameters: places }),
    weights: buffers,
    ...(folder === undefined ? {} : { folder }),
  });
  const engine = await startEngine(
    { image: model(graphs.image), text: model(graphs.text) },
    threads === undefined ? {} : { threads },
  );
  const { size } = config.pixels;
  return {
    images: (pixels, count, signal) =>
      features(engine, 'image', { pixels: { data: pixels, dims: [count, 3, size, size] } }, signal),
    texts: (ids, count, signal) =>
      features(engine, 'text', { ids: { data: ids, dims: [count, ids.length / count] } }, signal),
    close: () => engine.close(),
  };
}

/** The tensors that a graph's parameters stand for, by their names there. */
function tensorsOf(graph: Graph, weights: StateDict): [string, Tensor][] {
  const quantised = [...graph.quantisedParameters].flatMap(([name, { weight, scales }]) => {
    const tensor = weights.get(name)!;
    const [outputs, inputs] = tensor.shape as [number, number];
    const columns = quantiseColumns(toFloat32(tensor), outputs, inputs);
    const bytes = new Uint8Array(columns.weight.buffer);
    return [
      [weight.name, { dtype: 'I8', shape: [inputs, outputs], bytes }],
      [scales.name, fromFloat32(columns.scales, [outputs])],
    ] satisfies [string, Tensor][];
  });
  const made = new Set(quantised.map(([name]) => name));
  const stored = [...graph.parameters.keys()].filter((name) => !made.has(name));
  return [...stored.map((name): [string, Tensor] => [name, weights.get(name)!]), ...quantised];
}

function imageGraph(config: ClipConfig, lowering: Lowering): Graph {
  const graph = new Graph();
  const { size } = config.pixels;
  const pixels = graph.input('pixels', 'float32', [symbol('batch'), 3, size, size]);
  graph.output('features', imageTower(builder(graph, lowering), config, pixels).features);
  return graph;
}

function textGraph(config: ClipConfig, lowering: Lowering): Graph {
  const graph = new Graph();
  const ids = graph.input('ids', 'int64', [symbol('batch'), symbol('sequence')]);
  graph.output('features', textTower(builder(graph, lowering), config, ids).features);
  return graph;
}

async function features(
  engine: Engine,
  tower: 'image' | 'text',
  feeds: Feeds,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const results = await engine.run(tower, feeds, signal ? { signal } : {});
  return results.features!.data as Float32Array;
}
