/** One request from its headers to its answer: its id, its caller, its deadline. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { TuwenError } from '../../base/index.ts';

export interface Call {
  readonly id: string;
  readonly since: number;
  /** Aborts when the caller hangs up or the deadline passes; the reason says which. */
  readonly signal: AbortSignal;
  /** Whether the caller has gone. */
  readonly isLeft: () => boolean;
  /** The pattern of the route that answers, for logs and metrics. */
  route: string;
  /** To be called with the answer: nothing waits for the deadline any more. */
  readonly end: () => void;
}

/** The reason of a call whose caller hung up. */
const LEFT = new Error('the caller left');

/** Begins the call that `request` is and to which `outgoing` will be the answer. */
export function beginCall(request: Request, outgoing: ServerResponse, deadline: number): Call {
  const named = request.headers.get('x-request-id') ?? '';
  const controller = new AbortController();
  const late = () => controller.abort(new TuwenError('TUWEN_DEADLINE', { seconds: deadline / 1000 }));
  const leave = () => {
    if (!outgoing.writableFinished) controller.abort(LEFT);
  };
  const timer = setTimeout(late, deadline);
  outgoing.once('close', leave);
  return {
    id: /^[\w.-]{1,64}$/.test(named) ? named : randomUUID(),
    since: performance.now(),
    signal: controller.signal,
    isLeft: () => controller.signal.reason === LEFT,
    route: 'none',
    end() {
      clearTimeout(timer);
      outgoing.off('close', leave);
    },
  };
}

/** The result of some work, or what the call was aborted with, at once: work that goes on is no longer waited for. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
