import { type Engine, type EngineModel, type Feeds, startEngine } from '../engine/index.ts';
import { fp16, Graph, int8, type Lowering, serving, symbol, toOnnx } from '../graph/index.ts';
import type { StateDict } from '../weights/index.ts';
import type { ClipConfig } from './config.ts';
import { graphWeights } from './graph-weights.ts';
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
  /** `fp16`: matrices held in half precision. `int8`: linear layers in 8 bits. Default: `fp32`. */
  readonly precision?: Precision;
  /** The form of the layers, instead of the precision's own. */
  readonly lowering?: Lowering;
  /** `small`: weights are not held a second time in the order that suits the processor. Default: `fast`. */
  readonly memory?: 'fast' | 'small';
}

export type Precision = 'fp32' | 'fp16' | 'int8';

const LOWERINGS: Readonly<Record<Precision, Lowering>> = { fp32: serving, fp16, int8 };

/** Builds the serving graphs of a model and loads them. The memory of float32 weights is moved to the engine. */
export async function startEncoder(
  config: ClipConfig,
  weights: StateDict,
  { threads, precision = 'fp32', lowering = LOWERINGS[precision], memory = 'fast' }: EncoderOptions = {},
): Promise<Encoder> {
  const graphs = { image: imageGraph(config, lowering), text: textGraph(config, lowering) };
  const { buffers, places, folder } = placeWeights(
    Object.values(graphs).flatMap((graph) => graphWeights(graph, weights)),
  );
  const model = (graph: Graph): EngineModel => ({
    onnx: toOnnx(graph, { parameters: places }),
    weights: buffers,
    ...(folder === undefined ? {} : { folder }),
  });
  const engine = await startEngine(
    { image: model(graphs.image), text: model(graphs.text) },
    {
      ...(threads === undefined ? {} : { threads }),
      prepack: memory === 'fast',
      foldConstants: precision !== 'fp16', // Folded, the widening of weights would happen once and for all.
    },
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
