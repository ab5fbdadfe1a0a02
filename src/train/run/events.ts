/** What a training run tells while it goes on. */
import type { OnProgress, TuwenError } from '../../base/index.ts';
import type { StepReport } from '../loop.ts';
import type { Validation } from './validate.ts';

export interface RunEvents {
  /** After every step. */
  readonly onStep?: (step: StepEvent) => void | Promise<void>;
  readonly onValidation?: (validation: ValidationEvent) => void | Promise<void>;
  readonly onNotice?: (notice: Notice) => void;
  /** Preparations that take long, such as the features of all pictures. */
  readonly onProgress?: OnProgress;
}

export interface StepEvent extends Omit<StepReport, 'outputs'> {
  /** Which stage of the run, from 0. */
  readonly stage: number;
  readonly epoch: number;
  /** Pairs of the step, after what could not be read was left out. */
  readonly pairs: number;
  /** Shares of pictures whose own text was the nearest of the batch, and of texts whose picture was. */
  readonly imageToText: number;
  readonly textToImage: number;
  /** The distance from the teacher, before its weight. */
  readonly distillation?: number;
  /** The cross-entropy over all texts of the data. */
  readonly allTextsLoss?: number;
  /** Pairs of different rows whose texts are equal, and the least loss that this allows. */
  readonly falseNegatives: number;
  readonly lossFloor: number;
  /** Pairs left out since the run began, because their picture could not be read. */
  readonly broken: number;
  readonly pairsPerSecond: number;
  readonly secondsLeft: number;
  /** Bytes of memory in use. */
  readonly memory: number;
}

export interface ValidationEvent extends Validation {
  readonly stage: number;
  readonly epoch: number;
  /** Steps made. */
  readonly step: number;
  /** Whether none before was better. */
  readonly best: boolean;
}

export type Notice =
  /** The run goes on from a checkpoint, or takes the weights of one. */
  | { readonly kind: 'going-on'; readonly path: string; readonly stage: number; readonly step: number }
  /** A checkpoint is not whole; the one before is taken. */
  | { readonly kind: 'not-whole'; readonly path: string }
  /** Settings or data are not those that the checkpoint was made with. */
  | { readonly kind: 'changed'; readonly names: readonly string[] }
  /** A pair is left out. */
  | { readonly kind: 'broken'; readonly error: TuwenError }
  | { readonly kind: 'stopped-early'; readonly step: number };
