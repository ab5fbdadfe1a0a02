import {
  type EngineModel,
  type EngineTensor,
  type Feeds,
  openSession,
  type Results,
} from '../../src/engine/index.ts';
import { type Graph, toOnnx, type Value } from '../../src/graph/index.ts';

/** Runs a graph once, parameters as feeds, on two threads. */
export function runGraph(graph: Graph, feeds: Feeds): Promise<Results> {
  return runModel({ onnx: toOnnx(graph, { parameters: 'feeds' }) }, feeds);
}

/** Runs a model once on two threads. */
export async function runModel(model: EngineModel, feeds: Feeds): Promise<Results> {
  const session = await openSession(model, { threads: 2 });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** Runs a graph once for one value. */
export async function evaluate(value: Value, feeds: Feeds): Promise<EngineTensor> {
  value.graph.output('result', value);
  return (await runGraph(value.graph, feeds)).result!;
}

/** A float32 tensor. */
export function tensor(dims: readonly number[], data: ArrayLike<number>): EngineTensor {
  return { dims, data: Float32Array.from(data) };
}

/** An int64 tensor. */
export function integers(dims: readonly number[], data: readonly number[]): EngineTensor {
  return { dims, data: BigInt64Array.from(data, BigInt) };
}

/** The elements of a result as numbers. */
export function numbersOf({ data }: EngineTensor): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
