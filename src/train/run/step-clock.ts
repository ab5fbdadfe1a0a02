/** How fast steps are, over the last few of them. */
export interface StepClock {
  /** After a step of so many pairs. */
  lap(pairs: number): { readonly pairsPerSecond: number; readonly secondsPerStep: number };
  /** What has passed since the lap does not count. */
  restart(): void;
}

/** How much the newest step counts. */
const SHARE = 0.1;

export function stepClock(now: () => number = () => performance.now()): StepClock {
  let since = now();
  let mean: { seconds: number; pairs: number } | undefined;
  return {
    lap(pairs) {
      const seconds = (now() - since) / 1000;
      const blend = (old: number, value: number) => old + SHARE * (value - old);
      mean = mean
        ? { seconds: blend(mean.seconds, seconds), pairs: blend(mean.pairs, pairs) }
        : { seconds, pairs };
      since = now();
      return { pairsPerSecond: mean.pairs / mean.seconds, secondsPerStep: mean.seconds };
    },
    restart() {
      since = now();
    },
  };
}
