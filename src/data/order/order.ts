/** Which training examples a step takes: padding, shuffling and sharing out as Chinese-CLIP's trainer. */
import { TuwenError } from '../../base/index.ts';
import { mersenneTwister } from './mersenne-twister.ts';

export interface EpochOptions {
  /** Pairs of the data set. */
  readonly pairs: number;
  /** Examples of one step of one process. */
  readonly batchSize: number;
  /** Processes that train together (1), and which of them this is (0). */
  readonly worldSize?: number;
  readonly rank?: number;
  /** From 0; a validation set is always read as in epoch 0. */
  readonly epoch?: number;
  readonly seed?: number;
}

/** How many examples an epoch has: whole batches of all processes, filled up from the beginning. */
export function paddedLength(pairs: number, globalBatch: number): number {
  return Math.ceil(pairs / globalBatch) * globalBatch;
}

/**
 * The places in `pairs()` that one process takes in an epoch, in order. As in the reference (torch's
 * `DistributedSampler` over the padded set), the same permutation for the same seed and epoch included; places beyond
 * the pairs begin again at the first.
 *
 * @throws TUWEN_BAD_ARGUMENT
 */
export function epochOrder(options: EpochOptions): Uint32Array {
  const { pairs, batchSize, worldSize = 1, rank = 0, epoch = 0, seed = 123 } = options;
  check('pairs', pairs, 1);
  check('batchSize', batchSize, 1);
  check('worldSize', worldSize, 1);
  check('rank', rank, 0, worldSize - 1);
  check('epoch', epoch, 0);
  check('seed', seed, 0);
  const length = paddedLength(pairs, batchSize * worldSize);
  const permutation = torchPermutation(length, seed + epoch);
  const own = new Uint32Array(length / worldSize);
  for (let i = 0; i < own.length; i++) own[i] = permutation[rank + i * worldSize]! % pairs;
  return own;
}

/** Beyond this many torch draws numbers of 64 bits. */
const LARGE = Math.floor((2 ** 32 - 1) / 20);

/** `torch.randperm(length, generator=torch.Generator().manual_seed(seed))` on the processor. */
export function torchPermutation(length: number, seed: number): Uint32Array {
  const next = mersenneTwister(seed);
  const below =
    length < LARGE
      ? (bound: number) => next() % bound
      : (bound: number) => Number(((BigInt(next()) << 32n) | BigInt(next())) % BigInt(bound));
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = 0; i < length - 1; i++) {
    const other = i + below(length - i);
    const value = order[i]!;
    order[i] = order[other]!;
    order[other] = value;
  }
  return order;
}

function check(name: string, got: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(got) && got >= least && got <= most) return;
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected });
}
