/** Features from weights in memory, for the recipe's own evaluation while it trains. */
import {
  builder,
  type ClipConfig,
  imageTower,
  paddedIds,
  type Tokenizer,
  textTower,
} from '../../src/clip/index.ts';
import { type EngineTensor, openSession } from '../../src/engine/index.ts';
import { Graph, serving, symbol, toOnnx, type Value } from '../../src/graph/index.ts';
import type { WeightArrays } from '../../src/train/index.ts';
import type { Vectors } from './data/metrics.ts';

const BATCH = 64;

/** Unit vectors of pictures, given as normalised planes one after another. */
export async function encodePictures(
  config: ClipConfig,
  weights: WeightArrays,
  pictures: Float32Array,
  threads: number,
): Promise<Vectors> {
  const size = config.pixels.size;
  const length = 3 * size * size;
  const input = (graph: Graph) => graph.input('input', 'float32', [symbol('batch'), 3, size, size]);
  const tower = (graph: Graph) => imageTower(builder(graph, serving), config, input(graph)).features;
  return runAll(config, weights, tower, pictures.length / length, threads, (start, end) => ({
    data: pictures.slice(start * length, end * length),
    dims: [end - start, 3, size, size],
  }));
}

/** Unit vectors of texts. */
export async function encodeTexts(
  config: ClipConfig,
  weights: WeightArrays,
  tokenizer: Tokenizer,
  texts: readonly string[],
  threads: number,
): Promise<Vectors> {
  const ids = texts.map((text) => tokenizer.encode(text));
  const input = (graph: Graph) => graph.input('input', 'int64', [symbol('batch'), symbol('sequence')]);
  const tower = (graph: Graph) => textTower(builder(graph, serving), config, input(graph)).features;
  return runAll(config, weights, tower, texts.length, threads, (start, end) => {
    const data = paddedIds(ids.slice(start, end));
    return { data, dims: [end - start, data.length / (end - start)] };
  });
}

async function runAll(
  { embedDim }: ClipConfig,
  weights: WeightArrays,
  tower: (graph: Graph) => Value,
  count: number,
  threads: number,
  feed: (start: number, end: number) => EngineTensor,
): Promise<Vectors> {
  const graph = new Graph();
  graph.output('features', tower(graph));
  const session = await openSession(
    { onnx: toOnnx(graph, { parameters: 'feeds' }) },
    { threads, spinning: false },
  );
  const parameters = Object.fromEntries(
    [...graph.parameters].map(([name, { shape }]) => [
      name,
      { data: weights.get(name)!, dims: shape as number[] },
    ]),
  );
  const data = new Float32Array(count * embedDim);
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    const { features } = await session.run({ ...parameters, input: feed(start, end) });
    data.set(features!.data as Float32Array, start * embedDim);
  }
  await session.close();
  return unitVectors({ data, length: embedDim });
}

/** The same vectors at length 1, in place. */
function unitVectors(vectors: Vectors): Vectors {
  const { data, length } = vectors;
  for (let start = 0; start < data.length; start += length) {
    const row = data.subarray(start, start + length);
    const norm = Math.hypot(...row);
    for (let i = 0; i < length; i++) row[i]! /= norm;
  }
  return vectors;
}
