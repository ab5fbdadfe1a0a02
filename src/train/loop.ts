import { cancelled, type OnProgress, progressMeter, TuwenError } from '../base/index.ts';
import type { Results } from '../engine/index.ts';
import {
  type AdamWOptions,
  type AdamWState,
  adamwMoves,
  adamwStep,
  clipByGlobalNorm,
  sumOfSquares,
} from './adamw.ts';
import type { StepSink, WeightArrays } from './objective.ts';

/** The largest logit scale: a factor of 100 on the cosines, as in CLIP. */
export const MAX_LOGIT_SCALE = 4.6052;

/** One training step, as reported after it. */
export interface StepReport {
  /** Counted from 0. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Logarithm of the factor on the cosines, after the step; absent where the model has none. */
  readonly logitScale?: number;
  readonly outputs: Results;
}

/** What is made small: of any objective, the part that the loop needs. */
export interface Minimised<Batch> {
  readonly gradients: WeightArrays;
  /** Gradients go to the sink, or without one into `gradients`. */
  evaluate(batch: Batch, sink?: StepSink): Promise<{ loss: number; outputs: Results }>;
}

export interface TrainOptions<Batch> {
  readonly objective: Minimised<Batch>;
  readonly weights: WeightArrays;
  readonly optimizer: AdamWOptions;
  /** Where the optimiser is; training goes on from its step. */
  readonly state: AdamWState;
  readonly steps: number;
  readonly learningRate: (step: number) => number;
  readonly batch: (step: number) => Batch | Promise<Batch>;
  /**
   * Largest common norm of the gradients. Default: no limit, as in Chinese-CLIP; then every parameter moves as soon as its
   * gradient is known, and the gradients are never held together.
   */
  readonly clipNorm?: number;
  /** Steps made, with the rate and the time left. */
  readonly onProgress?: OnProgress;
  readonly onStep?: (report: StepReport) => void | Promise<void>;
  /** Called every so many steps, at the end, and when the run is called off. */
  readonly checkpoint?: { readonly every: number; readonly save: () => Promise<void> };
  /** Asked before every step: ends the run early, without a last checkpoint. */
  readonly stop?: () => boolean;
  readonly signal?: AbortSignal;
}

/** Trains until `steps` are made. Called off, it saves a checkpoint and throws TUWEN_CANCELLED. */
export async function train<Batch>(options: TrainOptions<Batch>): Promise<void> {
  const {
    objective,
    weights,
    optimizer,
    state,
    steps,
    learningRate,
    batch,
    clipNorm,
    onStep,
    onProgress,
    checkpoint,
    stop,
    signal,
  } = options;
  const meter = progressMeter('step', steps, onProgress, state.step);
  while (state.step < steps && !stop?.()) {
    const { step } = state;
    if (signal?.aborted) {
      await checkpoint?.save();
      throw cancelled('training', signal);
    }
    const rate = learningRate(step);
    const update = { objective, weights, optimizer, state, rate };
    const given = await batch(step);
    const { loss, outputs } = await (clipNorm === undefined
      ? moveAtOnce(update, given)
      : moveTogether(update, given, clipNorm));
    const logitScale = clampLogitScale(weights);
    const report = { step, steps, loss, learningRate: rate, outputs };
    meter.advance();
    await onStep?.(logitScale === undefined ? report : { ...report, logitScale });
    const due = state.step % (checkpoint?.every ?? Number.POSITIVE_INFINITY) === 0;
    if (due || state.step === steps) await checkpoint?.save();
  }
}

interface Update<Batch> {
  readonly objective: Minimised<Batch>;
  readonly weights: WeightArrays;
  readonly optimizer: AdamWOptions;
  readonly state: AdamWState;
  readonly rate: number;
}

/** A step in which every parameter moves as soon as its gradient is known. */
async function moveAtOnce<Batch>(
  { objective, weights, optimizer, state, rate }: Update<Batch>,
  batch: Batch,
) {
  const { step } = state;
  const move = adamwMoves(weights, state, rate, optimizer);
  let loss = Number.NaN;
  const result = await objective.evaluate(batch, {
    loss(value) {
      loss = value;
      requireFinite(value, step, loss);
    },
    gradient(name, values) {
      requireFinite(sumOfSquares(values), step, loss);
      move(name, values);
    },
  });
  state.step += 1;
  return result;
}

/** A step that waits for all gradients, since their common norm is limited. */
async function moveTogether<Batch>(
  { objective, weights, optimizer, state, rate }: Update<Batch>,
  batch: Batch,
  limit: number,
) {
  const result = await objective.evaluate(batch);
  requireFinite(result.loss, state.step, result.loss);
  requireFinite(clipByGlobalNorm(objective.gradients, limit), state.step, result.loss);
  adamwStep(weights, objective.gradients, state, rate, optimizer);
  return result;
}

function requireFinite(value: number, step: number, loss: number): void {
  if (!Number.isFinite(value)) throw new TuwenError('TUWEN_TRAINING_DIVERGED', { step, loss });
}

function clampLogitScale(weights: WeightArrays): number | undefined {
  const scale = weights.get('logit_scale');
  if (scale) scale[0] = Math.min(MAX_LOGIT_SCALE, Math.max(0, scale[0]!));
  return scale?.[0];
}
