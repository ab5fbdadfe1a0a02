import { type Engine, type EngineModel, type Feeds, startEngine } from '../engine/index.ts';
import { Graph, serving, symbol, toOnnx } from '../graph/index.ts';
import type { StateDict } from '../weights/index.ts';
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
}

/** Builds the serving graphs of a model and loads them. The memory of float32 weights is moved to the engine. */
export async function startEncoder(
  config: ClipConfig,
  weights: StateDict,
  { threads }: EncoderOptions = {},
): Promise<Encoder> {
  const graphs = { image: imageGraph(config), text: textGraph(config) };
  const names = new Set(Object.values(graphs).flatMap((graph) => [...graph.parameters.keys()]));
  const { buffers, places, folder } = placeWeights([...names].map((name) => [name, weights.get(name)!]));
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

function imageGraph(config: ClipConfig): Graph {
  const graph = new Graph();
  const { size } = config.pixels;
  const pixels = graph.input('pixels', 'float32', [symbol('batch'), 3, size, size]);
  graph.output('features', imageTower(builder(graph, serving), config, pixels).features);
  return graph;
}

function textGraph(config: ClipConfig): Graph {
  const graph = new Graph();
  const ids = graph.input('ids', 'int64', [symbol('batch'), symbol('sequence')]);
  graph.output('features', textTower(builder(graph, serving), config, ids).features);
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
