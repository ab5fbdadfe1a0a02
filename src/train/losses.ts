/** Training losses as graphs. */
import {
  add,
  div,
  exp,
  logSoftmax,
  matmul,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  scale,
  sqrt,
  sub,
  transpose,
  type Value,
} from '../graph/index.ts';

/** Rows divided by their Euclidean length: x [rows, width]. No epsilon, as in Chinese-CLIP. */
export function unitRows(x: Value): Value {
  const length = sqrt(reduceSum(mul(x, x), [1]));
  return div(x, reshape(length, [x.shape[0]!, 1]));
}

/** −Σ targets · log softmax(logits), the mean over the rows. Both [rows, classes]; targets sum to 1 in every row. */
export function crossEntropy(logits: Value, targets: Value): Value {
  const perRow = reduceSum(mul(targets, logSoftmax(logits, 1)), [1]);
  return scale(reduceMean(perRow, [0]), -1);
}

export interface ContrastiveInputs {
  /** Unit vectors [batch, dim]. */
  readonly images: Value;
  readonly texts: Value;
  /** Logarithm of the factor on the cosines: a scalar. */
  readonly logitScale: Value;
  /** What each row should find: [batch, batch], the identity where pair i is image i and text i. */
  readonly targets: Value;
}

/**
 * CLIP's symmetric loss (Radford et al. 2021, arXiv 2103.00020, figure 3): the mean of the cross-entropies from images
 * to texts and from texts to images. `logits`: images in rows, texts in columns.
 */
export function contrastiveLoss({ images, texts, logitScale, targets }: ContrastiveInputs): {
  loss: Value;
  logits: Value;
} {
  const logits = mul(matmul(images, texts, { b: true }), exp(logitScale));
  const toTexts = crossEntropy(logits, targets);
  const toImages = crossEntropy(transpose(logits, [1, 0]), transpose(targets, [1, 0]));
  return { loss: scale(add(toTexts, toImages), 0.5), logits };
}

export interface AllTextsInputs extends ContrastiveInputs {
  /** Unit vectors of all texts: [any number, dim]. */
  readonly texts: Value;
  /** Of `contrastiveLoss`, with the same targets. */
  readonly logits: Value;
}

/**
 * The cross-entropy of each picture over all texts: the mean over the rows of log Σ exp(logits of all texts) − the logit of its
 * own text, which is among them. Where texts are labels this is a classifier whose weights are the texts' vectors.
 */
export function allTextsLoss({ images, texts, logitScale, targets, logits }: AllTextsInputs): Value {
  const all = mul(matmul(images, texts, { b: true }), exp(logitScale));
  // log Σ exp is the difference of a logit and its log softmax, whichever the logit is.
  const logSumExp = reduceMean(sub(all, logSoftmax(all, 1)), [1]);
  const own = reduceSum(mul(targets, logits), [1]);
  return reduceMean(sub(logSumExp, own), [0]);
}
