import type { ClipConfig } from '../../clip/index.ts';
import type { AdamWOptions } from '../adamw.ts';
import { cosineSchedule } from '../schedule.ts';
import type { Settings } from './settings.ts';

/** How long a stage is. */
export interface Plan {
  /** Pairs of one step. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly steps: number;
  readonly learningRate: (step: number) => number;
}

/**
 * Steps and learning rates of a stage over `pairs` training pairs, as Chinese-CLIP's trainer counts them: an epoch has
 * as many micro-batches as fill it, the last one padded by pairs from the beginning; what is left over of an
 * accumulated batch is dropped.
 */
export function planOf(settings: Settings, pairs: number, rate: number): Plan {
  const {
    'batch-size': size,
    'accum-freq': parts,
    'max-epochs': maxEpochs,
    'max-steps': maxSteps,
  } = settings;
  const stepsPerEpoch = Math.max(1, Math.floor(Math.ceil(pairs / size) / parts));
  const steps = maxSteps ?? stepsPerEpoch * maxEpochs;
  return {
    batch: size * parts,
    stepsPerEpoch,
    epochs: Math.ceil(steps / stepsPerEpoch),
    steps,
    learningRate: cosineSchedule(rate, settings.warmup, steps, {
      hold: settings['lr-hold'],
      floor: settings['lr-floor'],
    }),
  };
}

/** The reference's learning rate and AdamW, by image tower, where the settings do not say. */
export function optimizerOf(
  settings: Settings,
  { image }: ClipConfig,
): AdamWOptions & { readonly rate: number } {
  const isResNet = image.kind === 'resnet';
  const isLarge = image.kind === 'vit' && image.width === 1024;
  return {
    rate: settings.lr ?? (isLarge ? 4e-4 : 5e-4),
    beta1: settings.beta1 ?? 0.9,
    beta2: settings.beta2 ?? (isResNet ? 0.999 : 0.98),
    epsilon: settings.eps ?? (isResNet ? 1e-8 : 1e-6),
    weightDecay: settings.wd,
  };
}
