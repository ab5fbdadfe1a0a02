/** The contrastive loss of a Chinese-CLIP over batches of pairs, with the gradients of both towers. */
import { type ClipConfig, imageSegments, isAdapter, textSegments } from '../clip/index.ts';
import type { EngineTensor, Results, SessionOptions } from '../engine/index.ts';
import { type Lora, symbol, type ValueType } from '../graph/index.ts';
import { type Chain, openChain } from './chain/chain.ts';
import { type ContrastResult, openContrast } from './contrast.ts';
import { dropoutMasks } from './dropout-masks.ts';
import type { StepSink, WeightArrays } from './objective.ts';
import { openWholeTower } from './whole-tower.ts';

export interface ClipObjectiveOptions {
  readonly config: ClipConfig;
  readonly weights: WeightArrays;
  /** Which parameters are trained. Default: all. */
  readonly trains?: (name: string) => boolean;
  /** Into how many parts a batch is cut; the gradient is that of the whole. Default: 1. */
  readonly parts?: number;
  /** Compute blocks again on the way back instead of remembering them. Default: false. */
  readonly checkpointing?: boolean;
  /** Drop values of the text tower at the rates of its configuration, by masks of this seed. Default: drop none. */
  readonly dropoutSeed?: number;
  /** Show the image tower only so many patches of each picture, which `kept` names. */
  readonly patchesKept?: number;
  readonly distillation?: { readonly dim: number; readonly weight: number };
  /** Add the cross-entropy of each picture over the texts that a batch brings along. Default: false. */
  readonly allTexts?: boolean;
  /** Adapters of the towers that are trained; the weights have their matrices. Default: none. */
  readonly lora?: Lora | undefined;
  readonly session?: SessionOptions;
}

/** Pairs: the i-th text belongs to the i-th picture. */
export interface PairBatch {
  /** Counted from 0: what dropout depends on. */
  readonly step: number;
  /** float32 [rows, 3, size, size], or the features [rows, dim] of an image tower that is not trained. */
  readonly pixels: EngineTensor;
  /** int64 [rows, length], 0 after the last token, or the features [rows, dim] of a text tower that is not trained. */
  readonly ids: EngineTensor;
  /** int64 [rows, 1 + patches kept]: the places among a picture's tokens that enter, the first one 0. */
  readonly kept?: EngineTensor;
  /** float32 [rows, rows]; see `ContrastInputs`. */
  readonly targets?: Float32Array;
  /** float32 [rows, teacher's dim]. */
  readonly teacher?: EngineTensor;
  /** See `ContrastInputs`. */
  readonly allTexts?: EngineTensor;
}

export interface ClipObjective {
  readonly trained: readonly string[];
  /** The gradients of the last batch, by parameter. */
  readonly gradients: WeightArrays;
  /**
   * Loss, logits and, with a teacher, distillation of a batch; moves running statistics. The gradients go to the sink; without
   * one they are left in `gradients`.
   */
  evaluate(batch: PairBatch, sink?: StepSink): Promise<{ loss: number; outputs: Results }>;
  /** Features of pictures or texts as a trained model gives them: whole pictures, running statistics, no dropout. */
  encode(tower: 'image' | 'text', input: EngineTensor): Promise<Float32Array>;
  close(): Promise<void>;
}

const LOGIT_SCALE = 'logit_scale';

export function openClipObjective(options: ClipObjectiveOptions): ClipObjective {
  const {
    config,
    weights,
    trains = () => true,
    parts = 1,
    dropoutSeed,
    patchesKept,
    distillation,
    allTexts,
  } = options;
  const session = options.session ?? {};
  const loraOf = (isOwn: (name: string) => boolean) =>
    [...weights.keys()].some((name) => isOwn(name) && isAdapter(name)) ? { lora: options.lora } : {};
  const shared = { weights, trains, checkpointing: options.checkpointing ?? false, session };
  const batch = symbol('batch');
  const { size } = config.pixels;
  const imageTrains = [...weights.keys()].some((name) => name.startsWith('visual.') && trains(name));
  // Beside adapters everything stands still, statistics too.
  const statistics = imageTrains && !options.lora ? 'batch' : 'running';
  const imageInput: ValueType = { elements: 'float32', shape: [batch, 3, size, size] };
  const segments = imageSegments(config, patchesKept === undefined ? {} : { patchesKept });
  const imageLora = loraOf((name) => name.startsWith('visual.'));
  const image = openChain({
    ...shared,
    ...imageLora,
    segments,
    input: imageInput,
    statistics,
  });
  // Vectors of pictures are told by whole pictures and running statistics.
  const isStill = patchesKept === undefined && (config.image.kind === 'vit' || statistics === 'running');
  const still = isStill
    ? image
    : openChain({
        ...shared,
        ...imageLora,
        trains: () => false,
        segments: imageSegments(config),
        input: imageInput,
        statistics: 'running',
      });
  const text = openChain({
    ...shared,
    ...loraOf((name) => name.startsWith('bert.') || name.startsWith('transformer.')),
    segments: textSegments(config),
    input: { elements: 'int64', shape: [batch, symbol('sequence')] },
    dropout: dropoutSeed !== undefined,
  });
  const loss = {
    dim: config.embedDim,
    session,
    ...(distillation ? { distillation } : {}),
    ...(allTexts ? { allTexts } : {}),
  };
  const contrast = openContrast(loss);
  const isWhole =
    imageTrains && segments.length === 1 && parts === 1 && !shared.checkpointing && !options.lora;
  const whole = isWhole
    ? openWholeTower({ ...loss, segments, input: imageInput, weights, trained: image.trained, statistics })
    : undefined;
  const trained = [...image.trained, ...text.trained, ...(trains(LOGIT_SCALE) ? [LOGIT_SCALE] : [])];
  const gradients = new Map(trained.map((name) => [name, new Float32Array(weights.get(name)!.length)]));

  return {
    trained,
    gradients,
    async evaluate(given, sink) {
      const rows = given.ids.dims[0]!;
      const ranges = rangesOf(rows, parts);
      const images = sideOf(image, given.pixels, (from, to) => imagePart(given, from, to));
      const texts = sideOf(text, given.ids, (from, to) => textPart(given, from, to, dropoutSeed));
      const featuresFrom = (side: Side) => featuresOf(side, ranges, config.embedDim, rows);
      const backTo = (side: Side, cotangent: Float32Array) =>
        backThrough(side, ranges, cotangent, config.embedDim, { arrays: gradients, sink });
      const pairs = {
        rows,
        texts: await featuresFrom(texts),
        ...(given.targets ? { targets: given.targets } : {}),
        ...(given.teacher ? { teacher: given.teacher } : {}),
        ...(given.allTexts ? { allTexts: given.allTexts } : {}),
      };
      const giveScale = (gradient: Float32Array) => {
        if (!gradients.has(LOGIT_SCALE)) return;
        gradients.get(LOGIT_SCALE)!.set(gradient);
        sink?.gradient(LOGIT_SCALE, gradient);
      };
      let result: Omit<ContrastResult, 'imageGradient'>;
      if (whole && !images.known) {
        result = await whole.evaluate({ ...pairs, ...images.part(0, rows) }, gradients, sink);
        giveScale(result.logitScaleGradient);
      } else {
        const logitScale = weights.get(LOGIT_SCALE)!;
        const found = await contrast.evaluate({ ...pairs, images: await featuresFrom(images), logitScale });
        sink?.loss(found.loss);
        giveScale(found.logitScaleGradient);
        await backTo(images, found.imageGradient);
        result = found;
      }
      await backTo(texts, result.textGradient);
      const outputs: Results = { logits: { ...result.logits, data: result.logits.data.slice() } };
      if (result.distillation !== undefined)
        outputs.distillation = { data: Float32Array.of(result.distillation), dims: [] };
      if (result.allTexts !== undefined)
        outputs.allTexts = { data: Float32Array.of(result.allTexts), dims: [] };
      return { loss: result.loss, outputs };
    },
    async encode(tower, input) {
      const chain = tower === 'image' ? still : text;
      return (await chain.encode({ input })).data.slice() as Float32Array;
    },
    async close() {
      await image.close();
      await still.close();
      await text.close();
      await contrast.close();
      await whole?.close();
    },
  };
}

type Range = readonly [from: number, to: number];

/** A tower's half of a step. */
interface Side {
  readonly chain: Chain;
  readonly part: (from: number, to: number) => Parameters<Chain['forward']>[0];
  /** Features that are known already. */
  readonly known?: EngineTensor;
  readonly trains: boolean;
}

function sideOf(chain: Chain, input: EngineTensor, part: Side['part']): Side {
  const isFeatures = input.dims.length === 2 && input.data instanceof Float32Array;
  return { chain, part, trains: chain.trained.length > 0, ...(isFeatures ? { known: input } : {}) };
}

/** Cuts rows into parts whose sizes differ by one at most. */
function rangesOf(rows: number, parts: number): Range[] {
  const count = Math.min(parts, rows);
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * rows) / count),
    Math.floor(((i + 1) * rows) / count),
  ]);
}

/** The features of the whole batch; of a batch in one part they are remembered for the way back. */
async function featuresOf(
  { chain, part, known, trains }: Side,
  ranges: readonly Range[],
  dim: number,
  rows: number,
) {
  if (known) return known.data as Float32Array;
  const all = new Float32Array(rows * dim);
  for (const [from, to] of ranges) {
    const remembers = trains && ranges.length === 1;
    const { data } = await (remembers ? chain.forward(part(from, to)) : chain.encode(part(from, to)));
    all.set(data as Float32Array, from * dim);
  }
  return all;
}

async function backThrough(
  { chain, part, known, trains }: Side,
  ranges: readonly Range[],
  cotangent: Float32Array,
  dim: number,
  { arrays, sink }: { readonly arrays: WeightArrays; readonly sink: StepSink | undefined },
): Promise<void> {
  if (known || !trains) return;
  for (const [i, [from, to]] of ranges.entries()) {
    if (ranges.length > 1) await chain.forward(part(from, to));
    const isLast = i === ranges.length - 1;
    await chain.backward(cotangent.subarray(from * dim, to * dim), {
      arrays,
      add: i > 0,
      ...(isLast && sink ? { sink } : {}),
    });
  }
}

function imagePart({ pixels, kept }: PairBatch, from: number, to: number) {
  const input = rowsOf(pixels, from, to);
  return kept ? { input, extras: { kept: rowsOf(kept, from, to) } } : { input };
}

function textPart({ ids, step }: PairBatch, from: number, to: number, seed: number | undefined) {
  const input = rowsOf(ids, from, to);
  return seed === undefined ? { input } : { input, mask: dropoutMasks(seed, step, from) };
}

function rowsOf({ data, dims }: EngineTensor, from: number, to: number): EngineTensor {
  const length = data.length / dims[0]!;
  return {
    data: data.subarray(from * length, to * length) as EngineTensor['data'],
    dims: [to - from, ...dims.slice(1)],
  };
}
