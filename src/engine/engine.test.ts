import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { numbersOf, tensor } from '../../test/support/run-graph.ts';
import { type ExternalBytes, Graph, linear, scale, symbol, toOnnx } from '../graph/index.ts';
import { type Engine, startEngine } from './engine.ts';
import { type EngineModel, openSession } from './session.ts';

/** The threads that were started, so that a test can end one. */
const workers = vi.hoisted(() => [] as Worker[]);
vi.mock('node:worker_threads', async (original) => {
  const actual = await original<typeof import('node:worker_threads')>();
  return {
    ...actual,
    Worker: class extends actual.Worker {
      constructor(...options: ConstructorParameters<typeof actual.Worker>) {
        super(...options);
        workers.push(this);
      }
    },
  };
});

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function start(...options: Parameters<typeof startEngine>): Promise<Engine> {
  const engine = await startEngine(...options);
  engines.push(engine);
  return engine;
}

/** y = factor · x for rows of 2. */
function scaling(factor: number): EngineModel {
  const graph = new Graph();
  graph.output('y', scale(graph.input('x', 'float32', [symbol('batch'), 2]), factor));
  return { onnx: toOnnx(graph, { parameters: 'feeds' }) };
}

/** Multiplies rows `times` times with a matrix of this width whose entries are all 1 / width. */
function averaging(width: number, times: number): EngineModel {
  const graph = new Graph();
  let y = graph.input('x', 'float32', [symbol('batch'), width]);
  for (let i = 0; i < times; i++) y = linear(y, graph.parameter('weight', [width, width]));
  graph.output('y', y);
  const weight = new Float32Array(width * width).fill(1 / width);
  const place: ExternalBytes = { location: 'weights', offset: 0, length: weight.byteLength };
  const onnx = toOnnx(graph, { parameters: new Map([['weight', place]]) });
  return { onnx, weights: new Map([['weights', new Uint8Array(weight.buffer)]]) };
}

const WIDTH = 1024;
/** 77 GFLOP: well above 200 ms on two cores, where a core makes about 100 GFLOP a second. */
const slow = () => averaging(WIDTH, 36);
const slowFeed = () => ({ x: tensor([WIDTH, WIDTH], new Float32Array(WIDTH * WIDTH).fill(3)) });
const feed = (...row: [number, number]) => ({ x: tensor([1, 2], row) });
const failed = { code: 'TUWEN_ENGINE_FAILED' };

describe('running', () => {
  test('several models, by name, at any batch size', async () => {
    const engine = await start({ double: scaling(2), triple: scaling(3) });
    expect(numbersOf((await engine.run('double', feed(1, 2))).y!)).toEqual([2, 4]);
    const { y } = await engine.run('triple', { x: tensor([2, 2], [1, 2, 3, 4]) });
    expect([y!.dims, numbersOf(y!)]).toEqual([
      [2, 2],
      [3, 6, 9, 12],
    ]);
  });

  test('leaves the event loop free', async () => {
    const engine = await start({ slow: slow() });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const { y } = await engine.run('slow', slowFeed());
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    expect(y!.data[0]).toBeCloseTo(3, 3);
  });

  test('two engines side by side do not mix their results', async () => {
    const [two, three] = await Promise.all([start({ m: scaling(2) }), start({ m: scaling(3) })]);
    const runs = Array.from({ length: 40 }, async (_, i) => {
      const [factor, engine] = i % 2 ? ([2, two] as const) : ([3, three] as const);
      const { y } = await engine.run('m', feed(i, -i));
      return numbersOf(y!).map((value) => value / factor);
    });
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 40 }, (_, i) => [i, -i]));
  });

  test('a run that fails says why, and the next one works', async () => {
    const engine = await start({ m: scaling(2) });
    await expect(engine.run('m', { wrong: tensor([1, 2], [1, 2]) })).rejects.toMatchObject({
      ...failed,
      value: { reason: expect.stringMatching(/^input 'x'/) },
    });
    await expect(engine.run('m', { x: tensor([1, 3], [1, 2, 3]) })).rejects.toMatchObject(failed);
    await expect(engine.run('none', feed(1, 2))).rejects.toMatchObject({
      ...failed,
      value: { reason: 'no model none' },
    });
    const moved = feed(1, 2);
    expect(numbersOf((await engine.run('m', moved)).y!)).toEqual([2, 4]);
    await expect(engine.run('m', moved)).rejects.toMatchObject(failed);
    expect(numbersOf((await engine.run('m', feed(3, 4))).y!)).toEqual([6, 8]);
  });
});

describe('calling off', () => {
  test('a run that waits is rejected before its turn and never begins', async () => {
    const engine = await start({ slow: slow(), m: scaling(2) });
    const abort = new AbortController();
    const ended: string[] = [];
    const note = (name: string) => () => void ended.push(name);
    const first = engine.run('slow', slowFeed()).finally(note('first'));
    const feeds = feed(1, 2);
    const waiting = engine.run('m', feeds, { signal: abort.signal }).finally(note('waiting'));
    const last = engine.run('m', feed(3, 4)).finally(note('last'));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    expect(numbersOf((await last).y!)).toEqual([6, 8]);
    await first;
    expect(ended).toEqual(['waiting', 'first', 'last']);
    expect(feeds.x.data).toEqual(Float32Array.of(1, 2)); // what the thread is given is moved away
  });

  test('a run called off beforehand is rejected', async () => {
    const engine = await start({ m: scaling(2) });
    const reason = new Error('enough');
    const run = engine.run('m', feed(1, 2), { signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toMatchObject({ code: 'TUWEN_CANCELLED', cause: reason });
  });
});

describe('closing', () => {
  test('finishes the runs under way and ends the thread; later runs are refused', async () => {
    const engine = await start({ slow: slow(), m: scaling(2) });
    const worker = workers.at(-1)!;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    const runs = [engine.run('slow', slowFeed()), engine.run('m', feed(1, 2))] as const;
    const closed = engine.close();
    await expect(engine.run('m', feed(3, 4))).rejects.toMatchObject({ code: 'TUWEN_CLOSED' });
    expect((await runs[0]).y!.data[0]).toBeCloseTo(3, 3);
    expect(numbersOf((await runs[1]).y!)).toEqual([2, 4]);
    await closed;
    await exited;
    await engine.close();
    await expect(engine.run('m', feed(3, 4))).rejects.toMatchObject({ code: 'TUWEN_CLOSED' });
  });

  test('gives the memory back', async () => {
    const MB = 2 ** 20;
    const rss = () => process.memoryUsage.rss() / MB;
    const before = rss();
    const width = 7168; // 196 MB
    const engine = await start({ large: averaging(width, 1) });
    await engine.run('large', { x: tensor([1, width], new Float32Array(width).fill(1)) });
    expect(rss() - before).toBeGreaterThan(150);
    await engine.close();
    await expect.poll(() => rss() - before, { timeout: 20_000, interval: 100 }).toBeLessThan(90);
  });
});

describe('failures of the thread', () => {
  test('bytes that are no model', async () => {
    const onnx = Uint8Array.of(1, 2, 3);
    await expect(startEngine({ good: scaling(2), bad: { onnx } })).rejects.toMatchObject(failed);
    const worker = workers.at(-1)!;
    if (worker.threadId !== -1) await new Promise((resolve) => worker.once('exit', resolve));
  });

  test('weights that were moved before', async () => {
    const model = averaging(4, 1);
    await start({ model });
    await expect(startEngine({ model })).rejects.toMatchObject(failed);
  });

  test('a thread that dies rejects its runs, and closing still works', async () => {
    const engine = await start({ slow: slow(), m: scaling(2) });
    const runs = [engine.run('slow', slowFeed()), engine.run('m', feed(1, 2))];
    const settled = Promise.allSettled(runs);
    await workers.at(-1)!.terminate();
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected', reason: failed });
    await expect(engine.run('m', feed(1, 2))).rejects.toMatchObject(failed);
    await engine.close();
    await expect(engine.run('m', feed(1, 2))).rejects.toMatchObject({ code: 'TUWEN_CLOSED' });
  });
});

describe('a session on the calling thread', () => {
  test('writes results where they are wanted, and leaves no copies behind', async () => {
    const rows = 1_000_000;
    const session = await openSession(scaling(3), { threads: 1 });
    const x = tensor([rows, 2], new Float32Array(2 * rows).fill(2));
    const y = tensor([rows, 2], new Float32Array(2 * rows));
    await session.run({ x }, { y });
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 5; i++) expect((await session.run({ x }, { y })).y).toBe(y);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(y.data.byteLength);
    expect(y.data.every((value) => value === 6)).toBe(true);
    await session.close();
  });
});
