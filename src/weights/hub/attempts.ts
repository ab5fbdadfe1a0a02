import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../../base/index.ts';

/** One attempt failed in a way that another one may not. */
export class AttemptFailure extends Error {
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(reason: string, options: { cause?: unknown; retryAfter?: number | undefined } = {}) {
    super(reason, options);
    this.retryAfter = options.retryAfter;
  }
}

/** The longest wait that a server may ask for, in milliseconds; beyond, the user decides. */
const LONGEST_WAIT = 5 * 60_000;

export interface Patience {
  /** The pause before the second attempt, in milliseconds; it doubles with every further one. */
  readonly pause: number;
  /** How often something is tried in vain. */
  readonly attempts: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries `work` again after every AttemptFailure; throws the last one. `work` calls `progressed` where it brought
 * something, and the count begins anew. Throws TUWEN_CANCELLED, and what `work` throws besides.
 */
export async function persistently<T>(
  work: (progressed: () => void) => Promise<T>,
  { pause, attempts, signal }: Patience,
): Promise<T> {
  let failures = 0;
  for (;;) {
    throwIfAborted('download', signal);
    try {
      return await work(() => {
        failures = 0;
      });
    } catch (error) {
      throwIfAborted('download', signal);
      failures += 1;
      if (!(error instanceof AttemptFailure) || failures >= attempts) throw error;
      const wait = error.retryAfter ?? pause * 2 ** (failures - 1);
      if (wait > LONGEST_WAIT) throw error;
      await sleep(wait, undefined, signal ? { signal } : {}).catch(() => throwIfAborted('download', signal));
    }
  }
}

/** The wait that a Retry-After header asks for, in milliseconds: seconds or a date. Source: RFC 9110, 10.2.3. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
