import { throwIfAborted } from '../../base/index.ts';
import type { ClipObjective } from '../clip-objective.ts';
import type { LoadedBatch } from './loader.ts';

/** What a validation found. */
export interface Validation {
  /** Mean loss of the batches, one right answer a row. */
  readonly loss: number;
  /** Share of pictures whose text is the nearest of its batch, and of texts whose picture is. */
  readonly imageToText: number;
  readonly textToImage: number;
}

export interface ValidationOptions {
  readonly pairs: number;
  readonly batch: number;
  readonly load: (places: readonly number[]) => Promise<LoadedBatch>;
  readonly encode: ClipObjective['encode'];
  /** exp(logit_scale). */
  readonly scale: number;
  readonly signal?: AbortSignal;
}

/** In-batch loss and accuracies over a data set, as Chinese-CLIP's trainer computes them: means over all pairs. */
export async function validate(options: ValidationOptions): Promise<Validation> {
  const { pairs, batch, load, encode, scale, signal } = options;
  let [loss, imageToText, textToImage, seen] = [0, 0, 0, 0];
  for (let first = 0; first < pairs; first += batch) {
    throwIfAborted('training', signal);
    const places = Array.from({ length: Math.min(batch, pairs - first) }, (_, i) => first + i);
    const { pixels, ids } = await load(places);
    const rows = ids.dims[0]!;
    const logits = cosines(await encode('image', pixels), await encode('text', ids), rows).map((c) => scale * c);
    const columns = transposed(logits, rows);
    loss += (rows * (crossEntropy(logits, rows) + crossEntropy(columns, rows))) / 2;
    imageToText += hits(logits, rows);
    textToImage += hits(columns, rows);
    seen += rows;
  }
  return { loss: loss / seen, imageToText: imageToText / seen, textToImage: textToImage / seen };
}

/** Cosines of all rows with all rows: [rows, rows]. */
function cosines(a: Float32Array, b: Float32Array, rows: number): Float64Array {
  const [unitA, unitB] = [unit(a, rows), unit(b, rows)];
  const dim = a.length / rows;
  const result = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let dot = 0;
      for (let k = 0; k < dim; k++) dot += unitA[i * dim + k]! * unitB[j * dim + k]!;
      result[i * rows + j] = dot;
    }
  }
  return result;
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

function transposed(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((_, i) => matrix[(i % size) * size + Math.floor(i / size)]!);
}

function crossEntropy(logits: Float64Array, size: number): number {
  let total = 0;
  for (let row = 0; row < size; row++) {
    const line = logits.subarray(row * size, (row + 1) * size);
    const most = line.reduce((a, b) => Math.max(a, b));
    total += most + Math.log(line.reduce((sum, value) => sum + Math.exp(value - most), 0)) - line[row]!;
  }
  return total / size;
}

function hits(logits: Float64Array, size: number): number {
  let count = 0;
  for (let row = 0; row < size; row++) {
    const line = logits.subarray(row * size, (row + 1) * size);
    if (line.indexOf(line.reduce((a, b) => Math.max(a, b))) === row) count += 1;
  }
  return count;
}
