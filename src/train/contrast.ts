/** The loss of a whole batch as a function of its features, with the gradients there. */
import type { EngineTensor, Feeds, Results, SessionOptions } from '../engine/index.ts';
import { add, Graph, gradients, partOf, scale, symbol, type Value } from '../graph/index.ts';
import { createBuffers } from './chain/buffers.ts';
import { createProgram, type Sizes } from './chain/program.ts';
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
  const { dim, session = {} } = options;
  const graph = new Graph();
  const images = graph.input('images', 'float32', [symbol('batch'), dim]);
  const { losses, texts, logitScale } = addContrast(graph, images, options);
  const outputs = new Map(losses);
  const wrt = { images, texts, logit_scale: logitScale };
  const found = gradients([{ value: losses.get('loss')!, gradient: graph.floats(1) }], Object.values(wrt));
  Object.keys(wrt).forEach((name, i) => {
    outputs.set(`gradient:${name}`, found[i]!);
  });
  const program = createProgram(partOf(graph, outputs), session);
  const buffers = createBuffers();
  const stretch = stretchOf(options);

  return {
    async evaluate(inputs) {
      const { rows, logitScale: scaleValue } = inputs;
      const feeds = {
        ...contrastFeeds(inputs, dim),
        images: { data: inputs.images, dims: [rows, dim] },
      };
      const weight = (name: string) => (name === 'stretch' ? stretch! : scaleValue);
      const results = await program.run(feeds, weight, buffers.take, contrastSizes(inputs));
      const floats = (name: string) => results[name]!.data as Float32Array;
      return {
        ...lossesOf(results),
        imageGradient: floats('gradient:images'),
        textGradient: floats('gradient:texts'),
        logitScaleGradient: floats('gradient:logit_scale'),
      };
    },
    close: program.close,
  };
}

/** The loss of features and what is told beside it, in a graph. */
export interface AddedContrast {
  /** `loss`, `logits`, and the parts of the loss that there are: `distillation`, `all_texts_loss`. */
  readonly losses: ReadonlyMap<string, Value>;
  readonly texts: Value;
  readonly logitScale: Value;
}

/** Adds the loss of pictures' features, and the inputs that it needs besides. */
export function addContrast(
  graph: Graph,
  images: Value,
  { dim, distillation, allTexts = false }: ContrastOptions,
): AddedContrast {
  const batch = symbol('batch');
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
  const losses = new Map([['logits', logits]]);
  let loss = contrastive;
  if (distillation) {
    const teacher = graph.input('teacher', 'float32', [batch, distillation.dim]);
    const stretch = graph.parameter('stretch', [dim, distillation.dim]);
    const lacking = distillationLoss(unitImages, teacher, stretch);
    losses.set('distillation', lacking);
    loss = add(contrastive, scale(lacking, distillation.weight));
  }
  if (allTexts) {
    const bank = graph.input('all_texts', 'float32', [symbol('all'), dim]);
    const among = allTextsLoss({ images: unitImages, texts: bank, logitScale, targets, logits });
    losses.set('all_texts_loss', among);
    loss = add(loss, among);
  }
  losses.set('loss', loss);
  return { losses, texts, logitScale };
}

/** The parameter `stretch` of the loss; undefined where it has none. */
export function stretchOf({ dim, distillation }: ContrastOptions): Float32Array | undefined {
  return distillation && stretchMatrix(dim, distillation.dim);
}

/** What a loss is fed besides the pictures' features. */
export function contrastFeeds(
  { rows, texts, targets, teacher, allTexts }: Omit<ContrastInputs, 'images' | 'logitScale'>,
  dim: number,
): Feeds {
  return {
    texts: { data: texts, dims: [rows, dim] },
    targets: { data: targets ?? identity(rows), dims: [rows, rows] },
    ...(teacher ? { teacher } : {}),
    ...(allTexts ? { all_texts: allTexts } : {}),
  };
}

/** The sizes of a batch. */
export function contrastSizes({ rows, allTexts }: Pick<ContrastInputs, 'rows' | 'allTexts'>): Sizes {
  return new Map([['batch', rows], ...(allTexts ? [['all', allTexts.dims[0]!] as const] : [])]);
}

/** The losses among results. */
export function lossesOf(
  results: Results,
): Pick<ContrastResult, 'loss' | 'logits' | 'distillation' | 'allTexts'> {
  const scalar = (name: string) => results[name]!.data[0] as number;
  return {
    loss: scalar('loss'),
    logits: results.logits!,
    ...(results.distillation ? { distillation: scalar('distillation') } : {}),
    ...(results.all_texts_loss ? { allTexts: scalar('all_texts_loss') } : {}),
  };
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}
