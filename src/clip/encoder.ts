import { type Engine, type EngineModel, type Feeds, startEngine } from '../engine/index.ts';
import { type ExternalBytes, Graph, serving, symbol, toOnnx } from '../graph/index.ts';
import { elementCount, type StateDict, type Tensor, toFloat32 } from '../weights/index.ts';
import type { ClipConfig } from './config.ts';
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
  const { buffers, places } = store([...names].map((name) => [name, weights.get(name)!]));
  const model = (graph: Graph): EngineModel => ({
    onnx: toOnnx(graph, { parameters: places }),
    weights: buffers,
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

const WIDENED = 'widened';

/**
 * Where the engine finds every weight: float32 ones where they are, without a copy; others, and those that do not
 * begin at a multiple of four bytes, widened into one new buffer.
 */
function store(tensors: readonly (readonly [string, Tensor])[]): {
  buffers: Map<string, Uint8Array>;
  places: Map<string, ExternalBytes>;
} {
  const buffers = new Map<string, Uint8Array>();
  const places = new Map<string, ExternalBytes>();
  const locations = new Map<ArrayBufferLike, string>();
  const inPlace = ({ dtype, bytes }: Tensor) => dtype === 'F32' && bytes.byteOffset % 4 === 0;
  const copied = tensors.filter(([, tensor]) => !inPlace(tensor));
  const widened = new Float32Array(copied.reduce((total, [, { shape }]) => total + elementCount(shape), 0));
  if (widened.length > 0) buffers.set(WIDENED, new Uint8Array(widened.buffer));
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const length = elementCount(tensor.shape) * 4;
    if (inPlace(tensor)) {
      const { buffer, byteOffset } = tensor.bytes;
      const location = locations.get(buffer) ?? `buffer-${locations.size}`;
      locations.set(buffer, location);
      buffers.set(location, new Uint8Array(buffer));
      places.set(name, { location, offset: byteOffset, length });
    } else {
      widened.set(toFloat32(tensor), offset / 4);
      places.set(name, { location: WIDENED, offset, length });
      offset += length;
    }
  }
  return { buffers, places };
}
