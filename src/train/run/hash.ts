import { createHash } from 'node:crypto';
import type { WeightArrays } from '../objective.ts';

/** A hash of the weights whose names begin so. */
export function hashOf(weights: WeightArrays, prefix: string): string {
  const hash = createHash('sha256');
  for (const [name, values] of weights) {
    if (name.startsWith(prefix)) hash.update(name).update(values);
  }
  return hash.digest('hex');
}
