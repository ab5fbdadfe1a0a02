/** What an evaluation of zero-shot classification found, as data. */

import type { ModelIdentity } from '../model-identity.ts';
import type { HashedFile } from '../sets/types.ts';
import type { Difference } from '../statistics/bootstrap.ts';
import type { Accuracy, ClassFigures } from './measure.ts';

export interface ZeroShotReport {
  readonly kind: 'zero-shot';
  readonly sets: readonly ZeroShotSetReport[];
  readonly runs: readonly ZeroShotRun[];
  /** Every later run of a set against its first: the difference of top-1, in percentage points. */
  readonly comparisons: readonly { readonly from: number; readonly to: number; readonly top1: Difference }[];
}

export interface ZeroShotSetReport {
  readonly name: string;
  readonly path: string;
  readonly split: string;
  readonly classes: number;
  readonly pictures: number;
  readonly templates: number;
  readonly files: readonly HashedFile[];
}

/** How often pictures of a class were taken for another. */
export interface Confused {
  readonly label: string;
  readonly takenFor: string;
  readonly count: number;
}

export interface ZeroShotRun {
  /** The place of the set in `sets`. */
  readonly set: number;
  readonly model: ModelIdentity;
  readonly folder: string;
  readonly accuracy: Accuracy;
  readonly chance: Accuracy;
  readonly classes: readonly ClassFigures[];
  /** Classes that were taken for others, the most frequent first; the whole matrix is in `confusion.csv`. */
  readonly confused: readonly Confused[];
  readonly unreadable: readonly { readonly source: string; readonly code: string }[];
}
