import { Worker } from 'node:worker_threads';
import { TuwenError } from '../base/index.ts';
import type { Reply, Request, WorkerSetup } from './protocol.ts';
import type { EngineModel, Feeds, Results, SessionOptions } from './session.ts';

export interface RunOptions {
  /** Gives up a run that has not begun. */
  readonly signal?: AbortSignal;
}

/** Models that run on a thread of their own, one run at a time, in the order asked. */
export interface Engine {
  /** Runs a model. The memory of the feeds is moved: do not use them afterwards. */
  run(model: string, feeds: Feeds, options?: RunOptions): Promise<Results>;
  /** Finishes the runs under way, ends the thread and gives its memory back. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (results: Results) => void;
  readonly reject: (error: Error) => void;
}

/** The worker beside this file, in source and built form alike. */
const WORKER = new URL(import.meta.url.replace(/engine(\.[jt]s)$/, 'worker$1'));

/**
 * Loads models into a thread. The buffers of `weights` are moved there: do not use them afterwards.
 * Throws TUWEN_ENGINE_FAILED where a model does not load; runs throw it where they fail or the thread dies.
 */
export async function startEngine(
  models: Readonly<Record<string, EngineModel>>,
  options: SessionOptions = {},
): Promise<Engine> {
  const setup: WorkerSetup = { models, options };
  const worker = new Worker(WORKER, { workerData: setup, transferList: buffersOf(models) });
  const waiting = new Map<number, Waiting>();
  let ended: TuwenError | undefined;
  let closing: Promise<void> | undefined;
  let count = 0;

  const end = (error: TuwenError) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('error', (cause) => end(failure(cause.message, cause)));
  worker.on('messageerror', (cause) => end(failure(cause.message, cause)));
  worker.on('exit', (code) => end(failure(`its thread ended with code ${code}`)));

  const ready = new Promise<Results>((resolve, reject) => waiting.set(0, { resolve, reject }));
  worker.on('message', (message: Reply) => {
    if ('failed' in message) return end(failure(message.failed));
    const id = 'id' in message ? message.id : 0;
    const request = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if ('reason' in message) request?.reject(failure(message.reason));
    else request?.resolve('results' in message ? message.results : {});
  });
  await ready;

  const post = (request: (id: number) => Request, transfer: ArrayBuffer[] = []): Promise<Results> => {
    if (ended) return Promise.reject(ended);
    count += 1;
    const id = count;
    worker.ref();
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage(request(id), transfer);
    });
  };

  return {
    async run(model, feeds, { signal } = {}) {
      if (closing) throw new TuwenError('TUWEN_CLOSED', { what: 'the model' });
      if (signal?.aborted) throw cancelled(signal);
      const transfer = Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer);
      return post((id) => ({ id, model, feeds }), [...new Set(transfer)]);
    },
    close() {
      closing ??= post((id) => ({ id, close: true })).then(
        async () => void (await worker.terminate()),
        async () => void (await worker.terminate()),
      );
      return closing;
    },
  };
}

/** The error of a job that was called off. */
export function cancelled(signal: AbortSignal): TuwenError {
  return new TuwenError('TUWEN_CANCELLED', { what: 'the run' }, { cause: signal.reason });
}

function failure(reason: string, cause?: unknown): TuwenError {
  return new TuwenError('TUWEN_ENGINE_FAILED', { reason }, { cause });
}

function buffersOf(models: Readonly<Record<string, EngineModel>>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { weights } of Object.values(models)) {
    for (const { buffer } of weights?.values() ?? []) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  }
  return [...buffers];
}
