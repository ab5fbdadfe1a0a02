/**
 * Chinese-CLIP's learning rate: linear warm-up to the peak, then a cosine down to zero at `steps`.
 * `step` counts from 0.
 */
export function cosineSchedule(peak: number, warmup: number, steps: number): (step: number) => number {
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    return 0.5 * peak * (1 + Math.cos((Math.PI * (step - warmup)) / (steps - warmup)));
  };
}
