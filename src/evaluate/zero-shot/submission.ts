/** The file that ELEVATER's server takes, as `zeroshot_evaluation.py` writes it. */
import { pythonFloat } from '../../base/index.ts';
import { dumps } from '../python/index.ts';

export interface SubmissionOf {
  readonly modelName: string;
  readonly dataset: string;
  readonly parameters: number;
  readonly imageParameters: number;
}

/** A submission piece by piece: a row of probabilities for each place of `order`. */
export function* submission(
  of: SubmissionOf,
  order: readonly number[],
  rowAt: (place: number) => ArrayLike<number>,
): Generator<string> {
  const head = dumps({
    model_name: of.modelName,
    dataset_name: of.dataset,
    num_trainable_params: 0n,
    num_params: BigInt(of.parameters),
    num_visual_params: BigInt(of.imageParameters),
    num_backbone_params: BigInt(of.parameters),
    n_shot: 0n,
    rnd_seeds: [123n],
  });
  yield `${head.slice(0, -1)}, "predictions": [[`;
  let between = '';
  for (const place of order) {
    yield `${between}[${Array.from(rowAt(place), (value) => pythonFloat(rounded(value))).join(', ')}]`;
    between = ', ';
  }
  yield ']]}';
}

/** To six digits as Python's `round` does: halves to the even digit. */
export function rounded(value: number): number {
  const up = Number(value.toFixed(6));
  const isHalf = /^-?\d+\.\d{6}50*$/.test(value.toFixed(40));
  if (!isHalf) return up;
  const down = Number((up - Math.sign(value) * 1e-6).toFixed(6));
  return Number(up.toFixed(6).slice(-1)) % 2 === 0 ? up : down;
}
