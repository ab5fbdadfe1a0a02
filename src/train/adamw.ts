import { updateWeights } from './adamw-kernel.ts';
import type { WeightArrays } from './objective.ts';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Which parameters decay. Default: Chinese-CLIP's rule. */
  readonly decays?: (name: string) => boolean;
  /** A factor on the learning rate of a parameter. Default: 1. */
  readonly rateOf?: (name: string) => number;
}

/** What the optimiser remembers: steps made, and the first and second moments of every gradient. */
export interface AdamWState {
  step: number;
  readonly first: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  readonly second: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

/** Chinese-CLIP's rule: names that hold `bn`, `ln`, `bias` or `logit_scale` do not decay (BERT's `LayerNorm` does). */
export function decaysByName(name: string): boolean {
  return !['bn', 'ln', 'bias', 'logit_scale'].some((part) => name.includes(part));
}

/** A state before the first step, for these parameters. */
export function initialState(trained: Iterable<string>, weights: WeightArrays): AdamWState {
  const zeros = (names: string[]) =>
    new Map(names.map((name) => [name, new Float32Array(weights.get(name)!.length)]));
  const names = [...trained];
  return { step: 0, first: zeros(names), second: zeros(names) };
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2) on the weights, in place, as a function that
 * takes the parameters one by one, in any order. `state.step` is left to the caller.
 */
export function adamwMoves(
  weights: WeightArrays,
  state: AdamWState,
  learningRate: number,
  { beta1, beta2, epsilon, weightDecay, decays = decaysByName, rateOf = () => 1 }: AdamWOptions,
): (name: string, gradient: Float32Array) => void {
  const step = state.step + 1;
  const shared = { beta1, beta2, epsilon, correction: 1 / Math.sqrt(1 - beta2 ** step) };
  return (name, gradient) => {
    const rate = learningRate * rateOf(name);
    const keep = decays(name) ? 1 - rate * weightDecay : 1;
    const stepSize = rate / (1 - beta1 ** step);
    const [first, second] = [state.first.get(name)!, state.second.get(name)!];
    updateWeights(weights.get(name)!, gradient, first, second, { ...shared, keep, stepSize });
  };
}

/** The whole step, with all gradients at hand. */
export function adamwStep(
  weights: WeightArrays,
  gradients: WeightArrays,
  state: AdamWState,
  learningRate: number,
  options: AdamWOptions,
): void {
  const move = adamwMoves(weights, state, learningRate, options);
  for (const [name, gradient] of gradients) move(name, gradient);
  state.step += 1;
}

/** The Euclidean norm of all gradients together. */
function globalNorm(gradients: WeightArrays): number {
  let total = 0;
  for (const gradient of gradients.values()) total += sumOfSquares(gradient);
  return Math.sqrt(total);
}

/** Scales the gradients, in place, so that their common Euclidean norm is at most `limit`. Returns the norm before. */
export function clipByGlobalNorm(gradients: WeightArrays, limit: number): number {
  const norm = globalNorm(gradients);
  if (norm > limit) for (const gradient of gradients.values()) multiply(gradient, limit / norm);
  return norm;
}

/** The sum of squares, in four sums, since each addition of one must wait for the one before. */
export function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * values[i]!;
  return a + b + c + d;
}

function multiply(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor;
}
