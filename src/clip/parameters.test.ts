import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../weights/index.ts';
import { type ClipConfig, cnClipPixels } from './config.ts';
import { bufferShapes, parameterCount, parameterShapes, stateEntries } from './parameters.ts';
import { publishedConfig } from './published.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/', import.meta.url));

describe('published sizes', () => {
  test.each([
    ['RN50', 76_989_537, 38_316_896, 37_886_208],
    ['ViT-B-16', 188_262_913, 86_192_640, 101_677_056],
    ['ViT-L-14', 406_233_089, 303_966_208, 101_677_056],
    ['ViT-L-14-336', 406_560_769, 304_293_888, 101_677_056],
    ['ViT-H-14', 957_598_209, 632_076_800, 324_472_832],
    ['ViT-B-32', 189_919_489, 87_849_216, 101_677_056],
  ] as const)('%s has %d parameters', (name, all, image, text) => {
    const config = publishedConfig(name);
    expect(parameterCount(config)).toBe(all);
    const countOf = (prefix: string) =>
      [...parameterShapes(config)]
        .filter(([parameter]) => parameter.startsWith(prefix))
        .reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(countOf('visual.')).toBe(image);
    expect(countOf('bert.')).toBe(text);
  });

  test.each([
    ['ViT-B-16', 351],
    ['ViT-L-14', 495],
    ['ViT-H-14', 783],
  ] as const)('%s has %d tensors', (name, tensors) => {
    expect(parameterShapes(publishedConfig(name)).size).toBe(tensors);
    expect(bufferShapes(publishedConfig(name)).size).toBe(0);
  });

  test('RN50 has 55 batch norms of 26 624 channels', () => {
    const means = [...bufferShapes(publishedConfig('RN50'))].filter(([name]) =>
      name.endsWith('running_mean'),
    );
    expect(means.length).toBe(55);
    expect(means.reduce((sum, [, [channels]]) => sum + channels!, 0)).toBe(26_624);
  });
});

test('names, order and shapes are those of a ResNet checkpoint of cn_clip', async () => {
  const config: ClipConfig = {
    embedDim: 24,
    image: { kind: 'resnet', resolution: 64, width: 4, layers: [1, 2, 1, 1], heads: 4 },
    text: {
      ...publishedConfig('RN50').text,
      vocabSize: 1024,
      hidden: 16,
      layers: 1,
      intermediate: 32,
      maxPositions: 64,
    },
    pixels: cnClipPixels(64),
  };
  const stored = await readSafetensors(`${fixtures}tiny-rn/model.safetensors`);
  const expected = Array.from(stored, ([name, { shape, dtype }]) => [
    name,
    shape,
    dtype === 'I64' ? 'counter' : 'float',
  ]);
  const computed = stateEntries(config).map(({ name, shape, role }) => [
    name,
    shape,
    role === 'counter' ? 'counter' : 'float',
  ]);
  expect(computed).toEqual(expected);
});
