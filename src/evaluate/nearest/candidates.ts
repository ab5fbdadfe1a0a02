import { openSession } from '../../engine/index.ts';
import { cast, Graph, gemm, symbol, toOnnx, topK } from '../../graph/index.ts';
import type { Rows } from './rows.ts';

/** For each query, the places in a block that score highest in float32, best first. */
export interface Candidates {
  /** How many for each query. */
  readonly each: number;
  readonly scores: Float32Array;
  readonly places: Int32Array;
}

/** Finds candidates with matrix products, on all threads at once; the calling thread is busy meanwhile. */
export interface CandidateFinder {
  find(queries: Rows, block: Rows): Promise<Candidates>;
  close(): Promise<void>;
}

/** `each` candidates of every query; blocks must hold at least as many rows. */
export async function candidateFinder(
  dim: number,
  each: number,
  threads: number | undefined,
): Promise<CandidateFinder> {
  const graph = new Graph();
  const queries = graph.input('queries', 'float32', [symbol('queries'), dim]);
  const block = graph.input('block', 'float32', [symbol('block'), dim]);
  const best = topK(gemm(queries, block, undefined, { b: true }), each);
  graph.output('scores', best.values);
  graph.output('places', cast(best.places, 'int32'));
  const model = { onnx: toOnnx(graph, { parameters: 'feeds' }) };
  const session = await openSession(model, threads === undefined ? {} : { threads });
  return {
    async find(queries, block) {
      const { scores, places } = await session.run({ queries: tensor(queries), block: tensor(block) });
      return { each, scores: scores!.data as Float32Array, places: places!.data as Int32Array };
    },
    close: session.close,
  };
}

function tensor({ data, count, dim }: Rows) {
  return { data, dims: [count, dim] };
}
