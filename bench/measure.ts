/** Measuring several engines in turn, so that a machine that drifts drifts for all. */
import type { EngineChoice } from './engines.ts';
import { peakMemory, type Watched, watched } from './load.ts';
import type { Row } from './plan.ts';
import type { Timing, Vectors } from './protocol.ts';
import { cosine, median } from './statistics.ts';

/** Above this load by others (of one processor), a figure is marked. */
export const FOREIGN_LIMIT = 0.12;

/** One figure: the median of its samples. */
export interface Figure {
  readonly value: number;
  readonly samples: readonly number[];
  /** The median load by others while the samples were taken. */
  readonly foreign: number | undefined;
}

export function figure(samples: readonly Watched<number>[]): Figure {
  const values = samples.map(({ result }) => result);
  const loads = samples.flatMap(({ foreign }) => (foreign === undefined ? [] : [foreign]));
  return { value: median(values), samples: values, foreign: loads.length > 0 ? median(loads) : undefined };
}

/** Seconds of a call, by row and engine. */
export type Speeds = Map<Row, Map<EngineChoice, Figure>>;

export interface Throughput {
  readonly speeds: Speeds;
  /** The peak memory of the process that did all of it. */
  readonly memory: Map<EngineChoice, number | undefined>;
  /** Cosine of each engine's vectors of the same picture and the same text with ours: they do the same work. */
  readonly agreement: Map<EngineChoice, { image: number; text: number }>;
}

/** Runs every row on every engine, `rounds` times; a round takes row by row, a row engine by engine. */
export async function measureThroughput(
  engines: readonly EngineChoice[],
  rows: readonly Row[],
  rounds: number,
  onProgress: (line: string) => void,
): Promise<Throughput> {
  const running = engines.map((engine) => ({ engine, process: engine.start() }));
  for (const { process } of running) await process.notice('ready');
  const vectors = new Map<EngineChoice, Vectors>();
  for (const { engine, process } of running) vectors.set(engine, await process.ask({ kind: 'vectors' }));
  const samples = new Map(rows.map((row) => [row, new Map<EngineChoice, Watched<number>[]>()]));
  for (let round = 0; round < rounds; round++) {
    for (const row of rows.filter(({ every }) => round % every === 0)) {
      for (const { engine, process } of rotated(running, round)) {
        if (row.table === 'gemm' && !engine.multiplies) continue;
        const { result, foreign } = await watched(process.pid, () => process.ask(row.request));
        const list = samples.get(row)!.get(engine) ?? [];
        samples.get(row)!.set(engine, [...list, { result: (result as Timing).seconds, foreign }]);
      }
    }
    onProgress(`round ${round + 1} of ${rounds}`);
  }
  const memory = new Map<EngineChoice, number | undefined>();
  for (const { engine, process } of running) {
    memory.set(engine, await peakMemory(process.pid));
    await process.end();
  }
  const speeds = new Map([...samples].map(([row, engines]) => [row, mapValues(engines, figure)]));
  const ours = vectors.get(engines[0]!)!;
  const agreement = mapValues(vectors, ({ image, text }) => ({
    image: cosine(image, ours.image),
    text: cosine(text, ours.text),
  }));
  return { speeds, memory, agreement };
}

export interface Start {
  /** Seconds from starting the program to its first vector, of a picture. */
  readonly firstVector: Figure;
  /** Peak memory after one picture and one text. */
  readonly memory: number | undefined;
}

/** Starts every engine anew, `rounds` times in turn. */
export async function measureStarts(
  engines: readonly EngineChoice[],
  rounds: number,
): Promise<Map<EngineChoice, Start>> {
  const times = new Map(engines.map((engine) => [engine, [] as Watched<number>[]]));
  const memory = new Map<EngineChoice, number | undefined>();
  for (let round = 0; round < rounds; round++) {
    for (const engine of rotated(engines, round)) {
      const start = performance.now();
      const process = engine.start(true);
      const sample = await watched(process.pid, async () => {
        await process.notice('first-vector');
        return (performance.now() - start) / 1000;
      });
      times.get(engine)!.push(sample);
      await process.notice('both-vectors');
      memory.set(engine, await peakMemory(process.pid));
      await process.end();
    }
  }
  return mapValues(times, (list, engine) => ({ firstVector: figure(list), memory: memory.get(engine) }));
}

/** The list begun at another place in every round, so that no engine is always first. */
function rotated<T>(list: readonly T[], round: number): T[] {
  const cut = round % list.length;
  return [...list.slice(cut), ...list.slice(0, cut)];
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, change: (value: A, key: K) => B): Map<K, B> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}
