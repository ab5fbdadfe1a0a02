import type { OnProgress } from '../../base/index.ts';
import type { ImageInput } from '../pixels/index.ts';
import type { ResolveOptions } from '../resolve.ts';

/** What is looked at, in this order. */
export type CheckName =
  | 'files'
  | 'tensors'
  | 'tokenizer'
  | 'vectors'
  | 'lowerings'
  | 'int8'
  | 'example-fp32'
  | 'example-fp16';

/** Why something was not looked at. */
export type SkipReason =
  /** Nothing on this machine says what the files should be. */
  | 'hashes-unknown'
  /** The vocabulary is the model's own. */
  | 'vocabulary-own'
  /** Only the shipped model has stored vectors. */
  | 'vectors-unknown'
  /** The published example's picture was not given. */
  | 'picture-missing'
  /** The example was published for ViT-B-16 alone. */
  | 'example-unpublished';

/** How far vectors or probabilities are from what they should be, and how far they may be. */
export interface Deviation {
  readonly largestDifference: number;
  /** Of vectors. */
  readonly lowestCosine?: number;
  /** At most this difference, where that decides. */
  readonly differenceLimit?: number;
  /** At least this cosine, where that decides. */
  readonly cosineLimit?: number;
}

export interface CheckResult {
  readonly name: CheckName;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** How many files, tensors, texts, vectors or probabilities were looked at. */
  readonly count: number;
  /** The files, tensors or texts that are not as they should be. */
  readonly wrong: readonly string[];
  readonly deviation?: Deviation;
  readonly reason?: SkipReason;
}

export interface CheckReport {
  readonly model: string;
  readonly path: string;
  readonly layout: string;
  /** The published size it has; null where it has none. */
  readonly architecture: string | null;
  /** Whether nothing failed. */
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

export interface CheckOptions extends ResolveOptions {
  /** The picture of the published example, `pokemon.jpeg` of Chinese-CLIP's repository. */
  readonly image?: ImageInput | undefined;
  readonly threads?: number | undefined;
  /** Called with each result as it is there. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
  /** Counts bytes of a download, then the checks. */
  readonly onProgress?: OnProgress | undefined;
}

export function skipped(name: CheckName, reason: SkipReason): CheckResult {
  return { name, status: 'skipped', count: 0, wrong: [], reason };
}

/** The result of looking at `count` things, of which `wrong` are not right. */
export function judged(name: CheckName, count: number, wrong: readonly string[]): CheckResult {
  return { name, status: wrong.length === 0 ? 'passed' : 'failed', count, wrong };
}

/** The result of comparing `count` vectors or probabilities. What is not a number fails. */
export function measured(name: CheckName, count: number, deviation: Deviation): CheckResult {
  const { largestDifference, lowestCosine = 1, differenceLimit = 2, cosineLimit = -1 } = deviation;
  const within = largestDifference <= differenceLimit && lowestCosine >= cosineLimit;
  return { name, status: within ? 'passed' : 'failed', count, wrong: [], deviation };
}
