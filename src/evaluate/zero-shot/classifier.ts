import { throwIfAborted } from '../../base/index.ts';
import { type Clip, classVectors, type Embeddings, embeddings } from '../../clip/index.ts';
import { cleanCaption } from '../../data/index.ts';
import { innerProduct, type Rows } from '../nearest/index.ts';

/** The factor on cosines in the official script, whatever the model's own logit scale. */
const SCALE = 100;
/** Labels whose sentences are embedded together. */
const LABELS = 16;

/**
 * A vector for each label: the mean of its sentences' unit vectors, at length 1, as `zero_shot_classifier` has it.
 * `onLabels` is told how many labels are done.
 */
export async function classifierOf(
  clip: Clip,
  labels: readonly string[],
  templates: readonly string[],
  signal?: AbortSignal,
  onLabels?: (count: number) => void,
): Promise<Embeddings> {
  const { dim } = clip.info;
  const data = new Float32Array(labels.length * dim);
  const running = signal ? { signal } : {};
  const embed = (sentences: readonly string[]) => clip.embedTexts(sentences.map(cleanCaption), running);
  for (let from = 0; from < labels.length; from += LABELS) {
    throwIfAborted('run', signal);
    const some = labels.slice(from, from + LABELS);
    data.set((await classVectors(embed, some, templates)).data, from * dim);
    onLabels?.(some.length);
  }
  return embeddings(data, dim);
}

/** softmax(100 · cosines) of a picture over the classes, in float32. */
export function probabilitiesOf(pictures: Rows, place: number, classes: Rows): Float32Array {
  const logits = Float64Array.from({ length: classes.count }, (_, label) => {
    return SCALE * innerProduct(pictures, place, classes, label);
  });
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
}
