import { cancelled, type OnProgress, progressMeter, TuwenError } from '../base/index.ts';
import type { Results } from '../engine/index.ts';
import { type AdamWOptions, type AdamWState, adamwStep, clipByGlobalNorm } from './adamw.ts';
import type { WeightArrays } from './objective.ts';

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
  evaluate(batch: Batch): Promise<{ loss: number; outputs: Results }>;
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
  /** Largest common norm of the gradients. Default: no limit, as in Chinese-CLIP. */
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
    const { loss, outputs } = await objective.evaluate(await batch(step));
    if (!Number.isFinite(loss)) throw new TuwenError('TUWEN_TRAINING_DIVERGED', { step, loss });
    const norm = clipByGlobalNorm(objective.gradients, clipNorm ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(norm)) throw new TuwenError('TUWEN_TRAINING_DIVERGED', { step, loss });
    const rate = learningRate(step);
    adamwStep(weights, objective.gradients, state, rate, optimizer);
    const logitScale = clampLogitScale(weights);
    const report = { step, steps, loss, learningRate: rate, outputs };
    meter.advance();
    await onStep?.(logitScale === undefined ? report : { ...report, logitScale });
    const due = state.step % (checkpoint?.every ?? Number.POSITIVE_INFINITY) === 0;
    if (due || state.step === steps) await checkpoint?.save();
  }
}

function clampLogitScale(weights: WeightArrays): number | undefined {
  const scale = weights.get('logit_scale');
  if (scale) scale[0] = Math.min(MAX_LOGIT_SCALE, Math.max(0, scale[0]!));
  return scale?.[0];
}
