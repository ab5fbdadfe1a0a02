/** How much of something may be inside at a time. */
import { TuwenError } from '../../base/index.ts';

export interface Gate {
  /**
   * Lets an amount in and returns the function that lets it out again.
   *
   * @throws TUWEN_SERVER_BUSY where there is no room for all of it; what is larger than the gate is let in alone.
   */
  enter(amount: number): () => void;
  readonly inside: number;
}

/** Nobody is told to come back sooner or later than this, in seconds. */
const RETRY = { least: 1, most: 60 };

/** How much weight the newest stay has in the mean. */
const NEWEST = 0.2;

export function createGate(what: 'texts' | 'pictures' | 'bytes', limit: number): Gate {
  let inside = 0;
  /** Mean time that what was let in stayed, in seconds: about when there will be room again. */
  let stay: number = RETRY.least;
  return {
    enter(amount) {
      if (amount > 0 && inside > 0 && inside + amount > limit) {
        const retryAfter = Math.ceil(Math.min(Math.max(stay, RETRY.least), RETRY.most));
        throw new TuwenError('TUWEN_SERVER_BUSY', { what, limit, retryAfter });
      }
      inside += amount;
      const since = performance.now();
      let left = false;
      return () => {
        if (left) return;
        left = true;
        inside -= amount;
        stay += ((performance.now() - since) / 1000 - stay) * NEWEST;
      };
    },
    get inside() {
      return inside;
    },
  };
}
