import { describe, expect, test } from 'vitest';
import { microConfig } from '../../test/support/micro-training.ts';
import { largest, largestDifference } from '../../test/support/numbers.ts';
import { createRandom } from '../base/index.ts';
import { bufferShapes, type ChineseClipConfig, parameterShapes } from '../clip/index.ts';
import { initialWeights, weightShapes } from './initialise.ts';

const VIT: ChineseClipConfig = microConfig;
const RESNET: ChineseClipConfig = {
  ...VIT,
  image: { kind: 'resnet', resolution: 64, width: 4, layers: [2, 1, 1, 1], heads: 4 },
};
/** Features of the ResNet: 32 · width. */
const FEATURES = 128;

type Expected = { constant: number } | { normal: number } | { uniform: number };

const constant = (value: number): Expected => ({ constant: value });
const normal = (deviation: number): Expected => ({ normal: deviation });
/** Uniform within ± bound. */
const uniform = (bound: number): Expected => ({ uniform: bound });
/** PyTorch's default for linear layers and convolutions. */
const byFanIn = (width: number) => uniform(1 / Math.sqrt(width));

/** How every tensor begins in cn_clip, by name; `shape` is that of the layer's weight. */
function expectedOf(name: string, shapes: ReadonlyMap<string, readonly number[]>): Expected {
  const shape = shapes.get(name)!;
  const leaf = name.split('.').at(-1)!;
  if (name === 'logit_scale') return constant(Math.log(1 / 0.07));
  if (name === 'text_projection') return normal(VIT.text.hidden ** -0.5);
  if (leaf === 'running_mean') return constant(0);
  if (leaf === 'running_var') return constant(1);
  if (name.startsWith('bert.')) {
    if (leaf === 'bias') return constant(0);
    return name.includes('LayerNorm') ? constant(1) : normal(VIT.text.initializerRange);
  }
  if (name.includes('.attnpool.')) {
    return leaf === 'bias' ? byFanIn(FEATURES) : normal(FEATURES ** -0.5);
  }
  if (/\.bn3\.weight$/.test(name) && name.includes('layer')) return constant(0);
  if (/\.(ln_\w+|bn\d|downsample\.1)\.\w+$/.test(name)) return constant(leaf === 'weight' ? 1 : 0);
  if (leaf === 'in_proj_weight') return uniform(Math.sqrt(6 / (4 * 24)));
  if (leaf === 'in_proj_bias' || name.endsWith('out_proj.bias')) return constant(0);
  if (['class_embedding', 'positional_embedding', 'proj'].includes(leaf)) return normal(24 ** -0.5);
  const weight = leaf === 'bias' ? shapes.get(name.replace(/bias$/, 'weight'))! : shape;
  return byFanIn(weight.slice(1).reduce((a, b) => a * b, 1));
}

describe.each([
  ['ViT', VIT],
  ['ResNet', RESNET],
] as const)('initialWeights, %s', (_, config) => {
  const shapes = weightShapes(config);
  const weights = initialWeights(config, createRandom(3));

  test('covers every parameter and statistic, at its size', () => {
    const counters = [...bufferShapes(config).keys()].filter((name) => name.endsWith('num_batches_tracked'));
    const all = new Set([...parameterShapes(config).keys(), ...bufferShapes(config).keys()]);
    expect(new Set([...weights.keys(), ...counters])).toEqual(all);
    for (const [name, values] of weights) {
      expect(values.length, name).toBe(shapes.get(name)!.reduce((a, b) => a * b, 1));
    }
  });

  test('is the same for a seed, and another for another', () => {
    const again = initialWeights(config, createRandom(3));
    for (const [name, values] of weights) {
      expect(largestDifference(again.get(name)!, values), name).toBe(0);
    }
    const other = initialWeights(config, createRandom(4));
    expect(other.get('text_projection')).not.toEqual(weights.get('text_projection'));
  });

  test('every tensor has its distribution', () => {
    for (const [name, values] of weights) {
      const expected = expectedOf(name, shapes);
      if ('constant' in expected) {
        expect(new Set(values), name).toEqual(new Set([Math.fround(expected.constant)]));
        continue;
      }
      const bound = 'uniform' in expected ? expected.uniform : 6 * expected.normal;
      const deviation = 'uniform' in expected ? expected.uniform / Math.sqrt(3) : expected.normal;
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
      // Five standard errors: of a mean σ/√n, of a normal deviation σ/√(2n), a uniform one less.
      const errors = 5 / Math.sqrt(values.length);
      expect(Math.abs(mean), `${name}: mean`).toBeLessThan(errors * deviation);
      expect(Math.abs(Math.sqrt(square) / deviation - 1), `${name}: deviation`).toBeLessThan(errors);
      expect(largest(values), `${name}: range`).toBeLessThanOrEqual(bound * (1 + 1e-6));
    }
  });
});
