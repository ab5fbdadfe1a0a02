import type { Value } from '../../graph/index.ts';

/** The features of a tower and what lies on the way to them. */
export interface TowerOutput {
  /** [batch, embedDim], not normalised. */
  readonly features: Value;
  /** The input of the first block and the output of every block. */
  readonly hidden: readonly Value[];
}
