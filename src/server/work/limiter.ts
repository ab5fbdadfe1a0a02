/** Jobs of which only a few may run at a time. */
import { cancelled } from '../../base/index.ts';

/** Runs a job when its turn comes; one whose signal aborts before never begins. */
export type Limiter = <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createLimiter(atOnce: number): Limiter {
  const waiting = new Set<() => void>();
  let running = 0;

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', giveUp);
        running += 1;
        resolve();
      };
      const giveUp = () => {
        waiting.delete(begin);
        reject(cancelled('run', signal));
      };
      if (signal.aborted) return giveUp();
      if (running < atOnce) return begin();
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.add(begin);
    });

  return async (job, signal) => {
    await turn(signal);
    try {
      return await job();
    } finally {
      running -= 1;
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      }
    }
  };
}
