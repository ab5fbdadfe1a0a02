/** How a learning rate falls after its peak. */
export interface CosineOptions {
  /** The share of the steps after the warm-up that stay at the peak. Default: 0, as in Chinese-CLIP. */
  readonly hold?: number;
  /** The share of the peak that the last step comes down to. Default: 0, as in Chinese-CLIP. */
  readonly floor?: number;
}

/**
 * Chinese-CLIP's learning rate: linear warm-up to the peak, then a cosine down to zero at `steps`.
 * `step` counts from 0.
 */
export function cosineSchedule(
  peak: number,
  warmup: number,
  steps: number,
  { hold = 0, floor = 0 }: CosineOptions = {},
): (step: number) => number {
  const falls = warmup + hold * (steps - warmup);
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    if (step < falls) return peak;
    const rest = 0.5 * (1 + Math.cos((Math.PI * (step - falls)) / (steps - falls)));
    return peak * (floor + (1 - floor) * rest);
  };
}
