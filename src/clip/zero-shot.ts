import { dot, type Embeddings, embeddings, normaliseRows, softmax } from './embeddings.ts';
import { fillTemplate } from './templates.ts';

/** How many sets of labels are remembered with their vectors. */
const REMEMBERED = 8;

type Embed = (texts: readonly string[]) => Promise<Embeddings>;

/** `classVectors` that keeps the sets of labels asked for last. */
export function rememberedClassVectors(
  embed: Embed,
): (labels: readonly string[], templates: readonly string[]) => Promise<Embeddings> {
  const known = new Map<string, Promise<Embeddings>>();
  return (labels, templates) => {
    const key = JSON.stringify([labels, templates]);
    const vectors = known.get(key) ?? classVectors(embed, labels, templates);
    known.delete(key);
    known.set(key, vectors);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
    vectors.catch(() => known.delete(key));
    return vectors;
  };
}

/**
 * Vectors of labels for zero-shot classification: the mean over the templates of the label's unit vectors, at length
 * 1 (Radford et al. 2021, arXiv 2103.00020, section 3.1.4). In a template, `{}` is the label.
 */
export async function classVectors(
  embed: Embed,
  labels: readonly string[],
  templates: readonly string[],
): Promise<Embeddings> {
  const sentences = labels.flatMap((label) => templates.map((template) => fillTemplate(template, label)));
  const vectors = await embed(sentences);
  const { dim } = vectors;
  const sums = new Float32Array(labels.length * dim);
  [...vectors].forEach((vector, i) => {
    const start = Math.floor(i / templates.length) * dim;
    for (let k = 0; k < dim; k++) sums[start + k] = sums[start + k]! + vector[k]!;
  });
  return embeddings(normaliseRows(sums, dim), dim);
}

/** Cosines of a unit vector with candidates, and softmax(logitScale · cosines). */
export function fitOf(
  vector: Float32Array,
  candidates: Embeddings,
  logitScale: number,
): { cosines: number[]; probabilities: number[] } {
  const cosines = [...candidates].map((candidate) => dot(vector, candidate));
  return { cosines, probabilities: softmax(cosines.map((cosine) => cosine * logitScale)) };
}
