/** How far a long job is. */
export interface Progress {
  /** What is counted, in the singular: `image`, `text`, `step`, `byte`. */
  unit: string;
  done: number;
  /** Absent where the end is not known. */
  total?: number;
  /** Units a second, over the last seconds. */
  rate: number;
  /** Seconds left at the present rate; absent where `total` is, or before the first unit is done. */
  secondsLeft?: number;
}

export type OnProgress = (progress: Progress) => void;

/** How strongly the newest interval counts against the running rate, per second that passed. */
const RATE_DECAY_PER_SECOND = 0.2;

/**
 * Turns counts into `Progress` reports: an exponentially smoothed rate and the time left.
 * `advance(n)` counts n more units; reports at most ten times a second, and always at the end. `before` units were done
 * by an earlier run and do not count for the rate.
 */
export function progressMeter(
  unit: string,
  total: number | undefined,
  onProgress: OnProgress | undefined,
  before = 0,
) {
  const started = performance.now();
  let done = before;
  let rate = 0;
  let since = started;
  let pending = 0;
  return {
    advance(count = 1): void {
      done += count;
      pending += count;
      const now = performance.now();
      const seconds = (now - since) / 1000;
      const last = total !== undefined && done >= total;
      if (seconds < 0.1 && !last) return;
      const current = pending / Math.max(seconds, 1e-6);
      const overall = (done - before) / Math.max((now - started) / 1000, 1e-6);
      rate =
        rate === 0 ? overall : rate + (current - rate) * (1 - Math.exp(-RATE_DECAY_PER_SECOND * seconds));
      since = now;
      pending = 0;
      onProgress?.(report(unit, done, total, rate));
    },
  };
}

function report(unit: string, done: number, total: number | undefined, rate: number): Progress {
  if (total === undefined) return { unit, done, rate };
  const secondsLeft = rate > 0 ? (total - done) / rate : undefined;
  return { unit, done, total, rate, ...(secondsLeft === undefined ? {} : { secondsLeft }) };
}
