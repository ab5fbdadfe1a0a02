import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { isTuwenError, TuwenError } from '../../base/index.ts';
import type { ClipInfo } from '../../clip/index.ts';
import type { Answer, Order, Prepared } from './decode-protocol.ts';

/** What a file holds: its hash, and the picture where it was asked for. */
export interface Decoded {
  readonly hash: string;
  readonly picture?: Prepared;
}

/** Threads that decode pictures. */
export interface Decoders {
  /**
   * Reads a file, and decodes it where `isNeeded` says so by its hash. Waits for a free thread. Throws the errors of
   * pictures, named by the path.
   */
  decode(path: string, isNeeded: (hash: string) => Promise<boolean>): Promise<Decoded>;
  close(): Promise<void>;
}

/** The worker beside this file: built, or in source. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './decode-worker.ts' : './decode-worker.js',
  import.meta.url,
);

export function openDecoders(count: number, pixels: ClipInfo['pixels']): Decoders {
  const workers = new Set<Worker>();
  const free: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  let closed = false;

  const take = async (): Promise<Worker> => {
    if (closed) throw new TuwenError('TUWEN_CANCELLED', { job: 'reading' });
    const worker = free.pop();
    if (worker) return worker;
    if (workers.size < count) {
      const started = new Worker(WORKER);
      started.unref();
      started.on('error', () => {}); // Whoever waits for an answer is told.
      workers.add(started);
      return started;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (worker: Worker): void => {
    const next = waiting.shift();
    if (next) next(worker);
    else free.push(worker);
  };
  /** A thread that died, of a lack of memory for one, takes no one else's picture with it. */
  const replace = async (worker: Worker): Promise<void> => {
    workers.delete(worker);
    await worker.terminate();
    const next = closed ? undefined : waiting.shift();
    if (next) next(await take());
  };

  return {
    async decode(path, isNeeded) {
      const worker = await take();
      try {
        const read = await ask(worker, path, { kind: 'read', path });
        const { hash } = read as Extract<Answer, { kind: 'hash' }>;
        if (!(await isNeeded(hash))) {
          worker.postMessage({ kind: 'leave' } satisfies Order);
          giveBack(worker);
          return { hash };
        }
        const decoded = await ask(worker, path, { kind: 'decode', pixels });
        giveBack(worker);
        return { hash, picture: (decoded as Extract<Answer, { kind: 'picture' }>).picture };
      } catch (error) {
        if (isTuwenError(error) && !(error.cause instanceof ThreadEnded)) giveBack(worker);
        else await replace(worker);
        throw error;
      }
    },
    async close() {
      closed = true;
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

class ThreadEnded extends Error {}

/** Sends an order and waits for its answer; throws where it failed. */
async function ask(worker: Worker, path: string, order: Order): Promise<Answer> {
  const given = new AbortController();
  worker.ref();
  try {
    const answer = once(worker, 'message', given) as Promise<[Answer]>;
    const ended = once(worker, 'exit', given).then(() => {
      throw new ThreadEnded('the thread that decoded it ended');
    });
    worker.postMessage(order);
    const [said] = await Promise.race([answer, ended]);
    if (said.kind !== 'failed') return said;
    throw pictureError(path, said);
  } catch (cause) {
    if (isTuwenError(cause)) throw cause;
    const ended = cause instanceof ThreadEnded ? cause : new ThreadEnded(String(cause), { cause });
    throw new TuwenError('TUWEN_IMAGE_UNREADABLE', { source: path, reason: ended.message }, { cause: ended });
  } finally {
    given.abort();
    worker.unref();
  }
}

function pictureError(
  path: string,
  { code, value, message }: Extract<Answer, { kind: 'failed' }>,
): TuwenError {
  if (code === undefined) return new TuwenError('TUWEN_IMAGE_UNREADABLE', { source: path, reason: message });
  return new TuwenError(code, ('source' in value ? { ...value, source: path } : value) as never);
}
