/** What an evaluation of retrieval found, as data. */

import type { ModelIdentity } from '../model-identity.ts';
import type { HashedFile } from '../sets/types.ts';
import type { Direction } from './answers.ts';
import type { Comparison } from './compare.ts';
import type { Examples } from './examples.ts';
import type { Grouping } from './groups.ts';
import type { Recall } from './recall.ts';

export interface RetrievalReport {
  readonly kind: 'retrieval';
  readonly sets: readonly SetReport[];
  /** One for each set and model, set by set. */
  readonly runs: readonly RunReport[];
  /** Every later run of a set against its first. */
  readonly comparisons: readonly ComparisonReport[];
}

export interface SetReport {
  readonly name: string;
  readonly path: string;
  readonly split: string;
  readonly texts: number;
  readonly pictures: number;
  /** Pairs of a text and a picture that fits it. */
  readonly pairs: number;
  /** What the figures depend on: two reports are comparable where these are equal. */
  readonly files: readonly HashedFile[];
}

export interface RunReport {
  /** The place of the set in `sets`. */
  readonly set: number;
  readonly model: ModelIdentity;
  /** Where its official files are. */
  readonly folder: string;
  /** How many have a vector. */
  readonly pictures: number;
  /** Empty where the set has no answers: then there are predictions only. */
  readonly directions: readonly DirectionReport[];
  /** Pictures that could not be read and were left out. */
  readonly unreadable: readonly { readonly source: string; readonly code: string }[];
}

export interface DirectionReport {
  readonly direction: Direction;
  readonly queries: number;
  readonly candidates: number;
  /** In percent. */
  readonly recall: Recall;
  readonly chance: Recall;
  readonly groupings: readonly Grouping[];
  readonly examples: Examples;
}

export interface ComparisonReport {
  /** Places in `runs`: the difference is that of `to` less that of `from`. */
  readonly from: number;
  readonly to: number;
  readonly direction: Direction;
  readonly difference: Comparison;
}
