import { describe, expect, test } from 'vitest';
import { parameterShapes, publishedConfig } from '../clip/index.ts';
import { adamwStep, initialState } from './adamw.ts';
import { layerRates } from './layer-rates.ts';

describe('rates by layer', () => {
  const rates = layerRates(publishedConfig('ViT-B-16'), 0.5);
  test.each([
    ['visual.proj', 0],
    ['visual.ln_post.weight', 0],
    ['text_projection', 0],
    ['logit_scale', 0],
    ['visual.transformer.resblocks.11.attn.in_proj_weight', 1],
    ['visual.transformer.resblocks.0.ln_1.bias', 12],
    ['visual.conv1.weight', 13],
    ['visual.positional_embedding', 13],
    ['visual.ln_pre.bias', 13],
    ['bert.encoder.layer.11.output.dense.weight', 1],
    ['bert.encoder.layer.0.attention.self.query.bias', 12],
    ['bert.embeddings.word_embeddings.weight', 13],
  ])('%s is %i layers away', (name, distance) => {
    expect(rates(name)).toBe(0.5 ** distance);
  });

  test('of a ResNet fall block by block through its stages', () => {
    const resnet = layerRates(publishedConfig('RN50'), 0.5);
    const blocks = [3, 4, 6, 3].flatMap((count, i) =>
      Array.from({ length: count }, (_, block) => resnet(`visual.layer${i + 1}.${block}.conv1.weight`)),
    );
    expect(blocks).toEqual(Array.from({ length: 16 }, (_, i) => 0.5 ** (16 - i)));
    expect([resnet('visual.conv3.weight'), resnet('visual.attnpool.c_proj.bias')]).toEqual([0.5 ** 17, 1]);
  });

  test('are 1 without decay, for every parameter', () => {
    const config = publishedConfig('RN50');
    const plain = layerRates(config, 1);
    expect([...parameterShapes(config).keys()].every((name) => plain(name) === 1)).toBe(true);
  });
});

test('a step of AdamW goes by the rate of each parameter', () => {
  const start = () =>
    new Map([
      ['a.weight', Float32Array.of(1)],
      ['b.weight', Float32Array.of(1)],
    ]);
  const gradients = new Map([
    ['a.weight', Float32Array.of(1)],
    ['b.weight', Float32Array.of(1)],
  ]);
  const options = { beta1: 0.9, beta2: 0.98, epsilon: 0, weightDecay: 0.1 };
  const step = (rate: number, rateOf: (name: string) => number) => {
    const weights = start();
    adamwStep(weights, gradients, initialState(weights.keys(), weights), rate, { ...options, rateOf });
    return weights;
  };
  const mixed = step(0.1, (name) => (name === 'a.weight' ? 1 : 0.25));
  expect(mixed.get('a.weight')).toEqual(step(0.1, () => 1).get('a.weight'));
  expect(mixed.get('b.weight')).toEqual(step(0.025, () => 1).get('b.weight'));
});
