/** Work of many callers, done in batches. */
import { cancelled } from '../../base/index.ts';

export interface BatcherOptions<T, R> {
  /** The most items of a batch. */
  readonly size: number;
  /** How long the first item waits for others where nothing runs, in milliseconds. */
  readonly wait: number;
  /** The results of a batch, in its order. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
}

export interface Batcher<T, R> {
  /**
   * The result of an item, whose batch begins when the one before has ended. Once `signal` aborts it is rejected with
   * TUWEN_CANCELLED; if it still waits then, it never runs.
   */
  add(item: T, signal: AbortSignal): Promise<R>;
  /** How many items wait. */
  readonly waiting: number;
}

interface Entry<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher<T, R>({ size, wait, run }: BatcherOptions<T, R>): Batcher<T, R> {
  const waiting = new Set<Entry<T, R>>();
  let running = false;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (running) return;
    if (waiting.size >= size) void start();
    else timer ??= setTimeout(start, wait);
  }

  async function start(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running = true;
    // What arrives while a batch runs has waited long enough.
    while (waiting.size > 0) await runOne();
    running = false;
  }

  async function runOne(): Promise<void> {
    const batch = [...waiting].slice(0, size);
    for (const entry of batch) waiting.delete(entry);
    try {
      const results = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => {
        resolve(results[i]!);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    add: (item, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(cancelled('run', signal));
        const giveUp = () => {
          waiting.delete(entry);
          reject(cancelled('run', signal));
        };
        const settled =
          <V>(settle: (value: V) => void) =>
          (value: V) => {
            signal.removeEventListener('abort', giveUp);
            settle(value);
          };
        const entry = { item, resolve: settled(resolve), reject: settled(reject) };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(entry);
        schedule();
      }),
    get waiting() {
      return waiting.size;
    },
  };
}
