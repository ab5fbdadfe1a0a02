import { cancelled } from '../base/index.ts';

/** Starts a job when those asked for before it have ended, however they ended. */
export type InTurn = <T>(job: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** A queue of jobs. One whose signal aborts while it waits is given up at once and never begins. */
export function createQueue(): InTurn {
  let last: Promise<void> = Promise.resolve();
  return (job, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled('run', signal));
      const giveUp = () => reject(cancelled('run', signal!));
      signal?.addEventListener('abort', giveUp, { once: true });
      last = last.then(async () => {
        signal?.removeEventListener('abort', giveUp);
        if (signal?.aborted) return;
        try {
          resolve(await job());
        } catch (error) {
          reject(error);
        }
      });
    });
}
