/** One matrix product in our engine, as a model's layers use it: the second factor is a weight. */
import { startEngine } from '../../src/engine/index.ts';
import { Graph, project, toOnnx } from '../../src/graph/index.ts';
import type { Timing } from '../protocol.ts';

export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly seconds: number;
}

/** Returns what times [m, k] · [k, n] on so many threads. */
export function multiplier(threads: number): (product: Product) => Promise<Timing> {
  return async ({ m, k, n, seconds }) => {
    const graph = new Graph();
    graph.output('product', project(graph.input('x', 'float32', [m, k]), graph.parameter('weight', [k, n])));
    const place = { location: 'weight', offset: 0, length: 4 * k * n };
    const onnx = toOnnx(graph, { parameters: new Map([['weight', place]]) });
    const weights = new Map([['weight', new Uint8Array(numbers(k * n).buffer)]]);
    const engine = await startEngine({ gemm: { onnx, weights } }, { threads });
    const run = async (): Promise<number> => {
      const x = { data: numbers(m * k), dims: [m, k] };
      const start = performance.now();
      await engine.run('gemm', { x });
      return (performance.now() - start) / 1000;
    };
    await run();
    let [calls, total] = [0, 0];
    while (total < seconds) {
      total += await run();
      calls += 1;
    }
    await engine.close();
    return { seconds: total / calls };
  };
}

function numbers(length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => ((i * 7919) % 1000) / 1000 - 0.5);
}
