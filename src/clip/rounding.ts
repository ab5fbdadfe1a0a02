/** The rounding of weights that cn_clip does on loading. */
import {
  floatToHalf,
  fromFloat32,
  halfToFloat,
  type StateDict,
  type Tensor,
  toFloat32,
} from '../weights/index.ts';

/**
 * What stays as stored: the image tower's norms and embeddings, and the logit scale; of an English CLIP, those of its
 * text tower too.
 */
const KEPT =
  /^logit_scale$|^(positional_embedding|token_embedding\.weight)$|^ln_final\.|^transformer\..*\.ln_\d\.|^visual\.(class_embedding|(attnpool\.)?positional_embedding)$|^visual\.(.*\.)?(ln_\w+|bn\d|downsample\.1)\.\w+$/;

/** Whether `load_from_name` rounds a tensor to half precision: convolutions, linear layers, all of BERT. */
export function isRounded(name: string): boolean {
  return !KEPT.test(name);
}

/**
 * Weights, by cn_clip's names, as `load_from_name` has them on a CPU: most rounded to half precision and widened again.
 * Floats are rounded where they lie.
 */
export function rounded(weights: StateDict): StateDict {
  return new Map(
    Array.from(weights, ([name, tensor]) => [name, isRounded(name) ? roundTensor(tensor) : tensor]),
  );
}

function roundTensor(tensor: Tensor): Tensor {
  if (tensor.dtype === 'F16') return tensor;
  const values = toFloat32(tensor);
  values.set(halfToFloat(floatToHalf(values)));
  return fromFloat32(values, tensor.shape);
}
