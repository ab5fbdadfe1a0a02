import { Worker } from 'node:worker_threads';
import { TuwenError } from '../base/index.ts';
import type { Reply, Request, WorkerSetup } from './protocol.ts';
import { createQueue } from './queue.ts';
import type { EngineModel, Feeds, Results, SessionOptions } from './session.ts';

export interface RunOptions {
  /** Gives up the run while it waits for others; one that has begun is finished. */
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

/** The worker beside this file: built, or in source. */
const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('./worker.ts', import.meta.url)
  : new URL('./worker.js', import.meta.url);

/**
 * Loads models into a thread. The buffers of `weights` are moved there: do not use them afterwards.
 * Throws TUWEN_ENGINE_FAILED where a model does not load; runs throw it where they fail or the thread dies.
 */
export async function startEngine(
  models: Readonly<Record<string, EngineModel>>,
  options: SessionOptions = {},
): Promise<Engine> {
  const worker = startWorker({ models, options });
  let waiting: Waiting | undefined;
  let ended: TuwenError | undefined;
  let closing: Promise<void> | undefined;

  const settle = (answer: (waiting: Waiting) => void) => {
    const asked = waiting;
    waiting = undefined;
    worker.unref();
    if (asked) answer(asked);
  };
  const end = (error: TuwenError) => {
    ended ??= error;
    settle(({ reject }) => reject(error));
  };
  worker.on('error', (cause) => end(failure(cause)));
  worker.on('messageerror', (cause) => end(failure(cause)));
  worker.on('exit', (code) => end(failure(`its thread ended with code ${code}`)));
  worker.on('message', (reply: Reply) => {
    settle(({ resolve, reject }) =>
      'reason' in reply ? reject(failure(reply.reason)) : resolve(reply.results),
    );
  });

  /** Sends a request, or none, and waits for the next reply. */
  const ask = (request?: Request, transfer: ArrayBuffer[] = []) =>
    new Promise<Results>((resolve, reject) => {
      if (ended) return reject(ended);
      try {
        if (request) worker.postMessage(request, transfer);
      } catch (cause) {
        return reject(failure(cause));
      }
      worker.ref();
      waiting = { resolve, reject };
    });
  await ask();

  const inTurn = createQueue();
  const terminate = async () => void (await worker.terminate());
  return {
    async run(model, feeds, { signal } = {}) {
      if (closing) throw new TuwenError('TUWEN_CLOSED', {});
      const buffers = Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer);
      return inTurn(() => ask({ model, feeds }, movable(buffers)), signal);
    },
    close() {
      closing ??= inTurn(() => ask({ close: true })).then(terminate, terminate);
      return closing;
    },
  };
}

function startWorker(setup: WorkerSetup): Worker {
  try {
    return new Worker(WORKER, { workerData: setup, transferList: buffersOf(setup.models) });
  } catch (cause) {
    throw failure(cause);
  }
}

/** The error for the engine's own, or for a reason in words. */
function failure(cause: unknown): TuwenError {
  if (typeof cause === 'string') return new TuwenError('TUWEN_ENGINE_FAILED', { reason: cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TuwenError('TUWEN_ENGINE_FAILED', { reason }, { cause });
}

/** Each buffer once. One that was moved before is left to be refused: asked to move it, Node loses the message. */
function movable(buffers: readonly ArrayBuffer[]): ArrayBuffer[] {
  return [...new Set(buffers)].filter(({ byteLength }) => byteLength > 0);
}

function buffersOf(models: Readonly<Record<string, EngineModel>>): ArrayBuffer[] {
  const arrays = Object.values(models).flatMap(({ weights }) => [...(weights?.values() ?? [])]);
  return movable(arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer));
}
