import { TuwenError } from './errors.ts';
import type { Job } from './messages/index.ts';

/** The error of a job that its caller called off; `source` is the file or picture it was at. */
export function cancelled(job: Job, signal: AbortSignal, source?: string): TuwenError {
  const value = source === undefined ? { job } : { job, source };
  return new TuwenError('TUWEN_CANCELLED', value, { cause: signal.reason });
}

/** Throws TUWEN_CANCELLED where `signal` has aborted. */
export function throwIfAborted(job: Job, signal: AbortSignal | undefined, source?: string): void {
  if (signal?.aborted) throw cancelled(job, signal, source);
}
