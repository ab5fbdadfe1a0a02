/** The loss of a whole batch as a function of its features, with the gradients there. */
import type { EngineTensor, SessionOptions } from '../engine/index.ts';
import { add, Graph, gradients, partOf, scale, symbol, type Value } from '../graph/index.ts';
import { createBuffers } from './chain/buffers.ts';
import { createProgram, sizesOf } from './chain/program.ts';
import { distillationLoss, stretchMatrix } from './distillation.ts';
import { allTextsLoss, contrastiveLoss, unitRows } from './losses.ts';

export interface ContrastOptions {
  /** Length of the features. */
  readonly dim: number;
  /** Adds `weight` times the distance of the pictures' vectors from a teacher's of length `dim`. */
  readonly distillation?: { readonly dim: number; readonly weight: number };
  /** Adds the cross-entropy of each picture over texts beyond the batch. Default: false. */
  readonly allTexts?: boolean;
  readonly session?: SessionOptions;
}

export interface ContrastInputs {
  /** Features as the towers give them: [rows, dim]. */
  readonly images: Float32Array;
  readonly texts: Float32Array;
  readonly rows: number;
  readonly logitScale: Float32Array;
  /** What each picture should find among the texts: [rows, rows]. Default: the text of its own row. */
  readonly targets?: Float32Array;
  /** The teacher's vectors of the pictures. */
  readonly teacher?: EngineTensor;
  /** Vectors of all texts, of length 1: [any number, dim]. Those of the batch are among them. */
  readonly allTexts?: EngineTensor;
}

export interface ContrastResult {
  readonly loss: number;
  /** The part of `loss` that is distillation, before its weight. */
  readonly distillation?: number;
  /** The part of `loss` that is the cross-entropy over all texts. */
  readonly allTexts?: number;
  /** exp(logit_scale) · cosine: images in rows, texts in columns. */
  readonly logits: EngineTensor;
  readonly imageGradient: Float32Array;
  readonly textGradient: Float32Array;
  readonly logitScaleGradient: Float32Array;
}

export interface Contrast {
  /** The arrays of a result stay valid until the next call. */
  evaluate(inputs: ContrastInputs): Promise<ContrastResult>;
  close(): Promise<void>;
}

export function openContrast(options: ContrastOptions): Contrast {
  const { dim, distillation, allTexts = false, session = {} } = options;
  const graph = new Graph();
  const batch = symbol('batch');
  const images = graph.input('images', 'float32', [batch, dim]);
  const texts = graph.input('texts', 'float32', [batch, dim]);
  const logitScale = graph.parameter('logit_scale', []);
  const targets = graph.input('targets', 'float32', [batch, batch]);
  const unitImages = unitRows(images);
  const { loss: contrastive, logits } = contrastiveLoss({
    images: unitImages,
    texts: unitRows(texts),
    logitScale,
    targets,
  });
  const outputs = new Map([['logits', logits]]);
  let loss = contrastive;
  if (distillation) {
    const teacher = graph.input('teacher', 'float32', [batch, distillation.dim]);
    const stretch = graph.parameter('stretch', [dim, distillation.dim]);
    const lacking = distillationLoss(unitImages, teacher, stretch);
    outputs.set('distillation', lacking);
    loss = add(contrastive, scale(lacking, distillation.weight));
  }
  let bank: Value | undefined;
  if (allTexts) {
    bank = graph.input('all_texts', 'float32', [symbol('all'), dim]);
    const among = allTextsLoss({ images: unitImages, texts: bank, logitScale, targets, logits });
    outputs.set('all_texts_loss', among);
    loss = add(loss, among);
  }
  outputs.set('loss', loss);
  const wrt = { images, texts, logit_scale: logitScale };
  const found = gradients([{ value: loss, gradient: graph.floats(1) }], Object.values(wrt));
  Object.keys(wrt).forEach((name, i) => {
    outputs.set(`gradient:${name}`, found[i]!);
  });
  const program = createProgram(partOf(graph, outputs), session);
  const buffers = createBuffers();
  const stretch = distillation && stretchMatrix(dim, distillation.dim);

  return {
    async evaluate({ rows, logitScale: scaleValue, teacher, ...given }) {
      const feeds = {
        images: { data: given.images, dims: [rows, dim] },
        texts: { data: given.texts, dims: [rows, dim] },
        targets: { data: given.targets ?? identity(rows), dims: [rows, rows] },
        ...(teacher ? { teacher } : {}),
        ...(given.allTexts ? { all_texts: given.allTexts } : {}),
      };
      const weight = (name: string) => (name === 'stretch' ? stretch! : scaleValue);
      const sizes = new Map([
        ...sizesOf(images, feeds.images),
        ...(bank ? sizesOf(bank, given.allTexts!) : []),
      ]);
      const results = await program.run(feeds, weight, buffers.take, sizes);
      const floats = (name: string) => results[name]!.data as Float32Array;
      return {
        loss: floats('loss')[0]!,
        ...(distillation ? { distillation: floats('distillation')[0]! } : {}),
        ...(allTexts ? { allTexts: floats('all_texts_loss')[0]! } : {}),
        logits: results.logits!,
        imageGradient: floats('gradient:images'),
        textGradient: floats('gradient:texts'),
        logitScaleGradient: floats('gradient:logit_scale'),
      };
    },
    close: program.close,
  };
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}
