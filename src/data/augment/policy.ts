/**
 * AutoAugment's policy for ImageNet as published (Cubuk et al. 2019, arXiv 1805.09501, table 9 in the appendix), with
 * the levels' meanings that Chinese-CLIP's trainer gives them.
 */
import type { Random } from '../../base/index.ts';
import { type Fill, rotate, shearX } from './affine.ts';
import { color, contrast, sharpness } from './enhance.ts';
import type { Rgb } from './image.ts';
import { autoContrast, equalize, invert, posterize, solarize } from './tone.ts';

/** An operation: how a level from 0 to 10 becomes its argument, and what it does with that. */
interface Operation {
  /** The argument; where it has a sign, that is drawn. */
  readonly argument: (level: number) => number;
  readonly signed?: true;
  readonly apply: (image: Rgb, argument: number, fill: Fill) => Rgb;
}

const enhancement = (level: number) => (level / 10) * 1.8 + 0.1;
const none = () => 0;

export const OPERATIONS = {
  AutoContrast: { argument: none, apply: autoContrast },
  Equalize: { argument: none, apply: equalize },
  Invert: { argument: none, apply: invert },
  Rotate: { argument: (level) => (level / 10) * 30, signed: true, apply: rotate },
  ShearX: { argument: (level) => (level / 10) * 0.3, signed: true, apply: shearX },
  PosterizeOriginal: { argument: (level) => Math.trunc((level / 10) * 4) + 4, apply: posterize },
  Solarize: { argument: (level) => Math.min(256, Math.trunc((level / 10) * 256)), apply: solarize },
  Color: { argument: enhancement, apply: color },
  Contrast: { argument: enhancement, apply: contrast },
  Sharpness: { argument: enhancement, apply: sharpness },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;

/** An operation, the probability with which it is applied, and its level. */
export type PolicyStep = readonly [operation: OperationName, probability: number, level: number];

export const POLICY: readonly (readonly [PolicyStep, PolicyStep])[] = [
  [
    ['PosterizeOriginal', 0.4, 8],
    ['Rotate', 0.6, 9],
  ],
  [
    ['Solarize', 0.6, 5],
    ['AutoContrast', 0.6, 5],
  ],
  [
    ['Equalize', 0.8, 8],
    ['Equalize', 0.6, 3],
  ],
  [
    ['PosterizeOriginal', 0.6, 7],
    ['PosterizeOriginal', 0.6, 6],
  ],
  [
    ['Equalize', 0.4, 7],
    ['Solarize', 0.2, 4],
  ],
  [
    ['Equalize', 0.4, 4],
    ['Rotate', 0.8, 8],
  ],
  [
    ['Solarize', 0.6, 3],
    ['Equalize', 0.6, 7],
  ],
  [
    ['PosterizeOriginal', 0.8, 5],
    ['Equalize', 1, 2],
  ],
  [
    ['Rotate', 0.2, 3],
    ['Solarize', 0.6, 8],
  ],
  [
    ['Equalize', 0.6, 8],
    ['PosterizeOriginal', 0.4, 6],
  ],
  [
    ['Rotate', 0.8, 8],
    ['Color', 0.4, 0],
  ],
  [
    ['Rotate', 0.4, 9],
    ['Equalize', 0.6, 2],
  ],
  [
    ['Equalize', 0, 7],
    ['Equalize', 0.8, 8],
  ],
  [
    ['Invert', 0.6, 4],
    ['Equalize', 1, 8],
  ],
  [
    ['Color', 0.6, 4],
    ['Contrast', 1, 8],
  ],
  [
    ['Rotate', 0.8, 8],
    ['Color', 1, 2],
  ],
  [
    ['Color', 0.8, 8],
    ['Solarize', 0.8, 7],
  ],
  [
    ['Sharpness', 0.4, 7],
    ['Invert', 0.6, 8],
  ],
  [
    ['ShearX', 0.6, 5],
    ['Equalize', 1, 9],
  ],
  [
    ['Color', 0.4, 0],
    ['Equalize', 0.6, 3],
  ],
  [
    ['Equalize', 0.4, 7],
    ['Solarize', 0.2, 4],
  ],
  [
    ['Solarize', 0.6, 5],
    ['AutoContrast', 0.6, 5],
  ],
  [
    ['Invert', 0.6, 4],
    ['Equalize', 1, 8],
  ],
  [
    ['Color', 0.6, 4],
    ['Contrast', 1, 8],
  ],
  [
    ['Equalize', 0.8, 8],
    ['Equalize', 0.6, 3],
  ],
];

/** One of the policy's pairs, drawn for this picture. `fill` colours what a rotation or shear brings in. */
export function autoAugment(image: Rgb, random: Random, fill: Fill): Rgb {
  let result = image;
  for (const [name, probability, level] of POLICY[random.below(POLICY.length)]!) {
    const operation: Operation = OPERATIONS[name];
    if (random.uniform() >= probability) continue;
    const sign = operation.signed && random.uniform() < 0.5 ? -1 : 1;
    result = operation.apply(result, sign * operation.argument(level), fill);
  }
  return result;
}
