/** Loss and accuracies of a batch from its logits: images in rows, texts in columns. */

/** Logits of every picture with every text: [rows, rows]. */
export interface Logits {
  readonly data: ArrayLike<number>;
  readonly rows: number;
}

/** exp(logit_scale) · cosines of all pictures with all texts; both [rows, dim], of any length. */
export function logitsOf(images: Float32Array, texts: Float32Array, rows: number, scale: number): Logits {
  const [a, b] = [unit(images, rows), unit(texts, rows)];
  const dim = images.length / rows;
  const data = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let dot = 0;
      for (let k = 0; k < dim; k++) dot += a[i * dim + k]! * b[j * dim + k]!;
      data[i * rows + j] = scale * dot;
    }
  }
  return { data, rows };
}

/** The mean of both cross-entropies, the right answer on the diagonal. */
export function contrastiveLossOf({ data, rows }: Logits): number {
  let total = 0;
  for (let i = 0; i < rows; i++) {
    total +=
      crossEntropy(rows, i, (j) => data[i * rows + j]!) + crossEntropy(rows, i, (j) => data[j * rows + i]!);
  }
  return total / (2 * rows);
}

function crossEntropy(count: number, right: number, logit: (i: number) => number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) most = Math.max(most, logit(i));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp(logit(i) - most);
  return most + Math.log(sum) - logit(right);
}

/** The shares of pictures whose largest logit is their own text's, and of texts whose is their picture's. */
export function accuracies({ data, rows }: Logits): { imageToText: number; textToImage: number } {
  return {
    imageToText: hits(rows, (i, j) => data[i * rows + j]!) / rows,
    textToImage: hits(rows, (i, j) => data[j * rows + i]!) / rows,
  };
}

/** Of equal logits the first counts, as PyTorch's argmax has it. */
function hits(rows: number, logit: (row: number, column: number) => number): number {
  let count = 0;
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let j = 1; j < rows; j++) if (logit(i, j) > logit(i, best)) best = j;
    if (best === i) count += 1;
  }
  return count;
}

function unit(vectors: Float32Array, rows: number): Float64Array {
  const dim = vectors.length / rows;
  const result = Float64Array.from(vectors);
  for (let row = 0; row < rows; row++) {
    const part = result.subarray(row * dim, (row + 1) * dim);
    const length = Math.hypot(...part);
    for (let k = 0; k < dim; k++) part[k]! /= length;
  }
  return result;
}
