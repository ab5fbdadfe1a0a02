/**
 * Exact nearest neighbours beside the machine's GEMM peak, in turns. Options: `--vectors n` (1,000,000), `--queries n` (512),
 * `--dim n` (512), `--rounds n` (1), `--threads n` (all processors).
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/index.ts';
import { nearest } from '../src/evaluate/index.ts';
import { median } from './statistics.ts';
import { multiplier } from './workers/gemm.ts';

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
  { m: 197, k: 768, n: 3072, seconds: 0.2 },
  { m: 2048, k: 2048, n: 2048, seconds: 0.2 },
] as const;
/** Vectors compared between two measurements of the peak: short, so that both see the same machine. */
const SLICE = 65_536;
const multiply = multiplier(threads);

async function peak(): Promise<number> {
  const rates: number[] = [];
  for (const product of PEAKS) {
    const { seconds } = await multiply(product);
    rates.push((2 * product.m * product.k * product.n) / seconds / 1e9);
  }
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
