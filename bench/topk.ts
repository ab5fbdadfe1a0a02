/**
 * Exact nearest neighbours beside the machine's GEMM peak, in turns. Options: `--vectors n` (1,000,000), `--queries n` (512),
 * `--dim n` (512), `--rounds n` (1), `--threads n` (all processors).
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/index.ts';
import { openSession } from '../src/engine/index.ts';
import { nearest } from '../src/evaluate/index.ts';
import { Graph, project, toOnnx } from '../src/graph/index.ts';
import { median } from './statistics.ts';

const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '512' },
    dim: { type: 'string', default: '512' },
    rounds: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const [vectors, count, dim, rounds, threads] = [
  values.vectors,
  values.queries,
  values.dim,
  values.rounds,
  values.threads,
].map(Number) as [number, number, number, number, number];

/** Products in which the engine comes near its peak: those of a tower, and a square one. */
const PEAKS = [
  { m: 197, k: 768, n: 3072 },
  { m: 2048, k: 2048, n: 2048 },
] as const;
const PEAK_SECONDS = 0.2;
/** Vectors compared between two measurements of the peak: few, so that both see the same machine. */
const SLICE = 65_536;

/** Times [m, k] · [k, n], the second factor a weight, as in a model's layers; returns GFLOP/s. */
async function multiplier({ m, k, n }: (typeof PEAKS)[number]): Promise<() => Promise<number>> {
  const graph = new Graph();
  graph.output('product', project(graph.input('x', 'float32', [m, k]), graph.parameter('weight', [k, n])));
  const place = { location: 'weight', offset: 0, length: 4 * k * n };
  const onnx = toOnnx(graph, { parameters: new Map([['weight', place]]) });
  const weights = new Map([['weight', new Uint8Array(new Float32Array(k * n).fill(0.5).buffer)]]);
  const session = await openSession({ onnx, weights }, { threads });
  const feeds = { x: { data: new Float32Array(m * k).fill(0.5), dims: [m, k] } };
  await session.run(feeds);
  return async () => {
    const start = performance.now();
    let calls = 0;
    for (; performance.now() - start < PEAK_SECONDS * 1000; calls++) await session.run(feeds);
    return (2 * m * k * n * calls) / (performance.now() - start) / 1e6;
  };
}

const multipliers = await Promise.all(PEAKS.map(multiplier));

async function peak(): Promise<number> {
  const rates: number[] = [];
  for (const multiply of multipliers) rates.push(await multiply());
  return Math.max(...rates);
}

function randomRows(rows: number, seed: number) {
  const { uniform } = createRandom(seed);
  const data = new Float32Array(rows * dim);
  for (let i = 0; i < data.length; i++) data[i] = uniform() - 0.5;
  return { data, count: rows, dim };
}

const gallery = randomRows(vectors, 1);
const queries = randomRows(count, 2);
const pairs: { rate: number; peak: number }[] = [];
for (let round = 0; round < rounds; round++) {
  for (let from = 0; from < vectors; from += SLICE) {
    const rows = Math.min(SLICE, vectors - from);
    const slice = { data: gallery.data.subarray(from * dim, (from + rows) * dim), count: rows, dim };
    const before = await peak();
    const start = performance.now();
    await nearest(queries, slice, 10, { threads });
    const seconds = (performance.now() - start) / 1000;
    pairs.push({ rate: (2 * count * rows * dim) / seconds / 1e9, peak: Math.max(before, await peak()) });
  }
}
const best = (values: readonly number[]) => Math.max(...values).toFixed(0);
const memory = Math.round(process.resourceUsage().maxRSS / 2 ** 10);
const held = Math.round((4 * dim * (vectors + count)) / 2 ** 20);
console.log(`${vectors} vectors of ${dim}, ${count} queries, ${threads} threads, ${pairs.length} slices
nearest: median ${median(pairs.map(({ rate }) => rate)).toFixed(0)}, best ${best(pairs.map(({ rate }) => rate))} GFLOP/s
peak:    median ${median(pairs.map((pair) => pair.peak)).toFixed(0)}, best ${best(pairs.map((pair) => pair.peak))} GFLOP/s
nearest / the peak measured around it: median ${median(pairs.map(({ rate, peak: of }) => rate / of)).toFixed(2)}
memory: ${memory} MB resident, of which the vectors are ${held} MB`);
