import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { TuwenError } from '../../base/index.ts';
import { CLIP_MEAN, CLIP_STD, cnClipPixels } from '../config.ts';
import { PUBLISHED_NAMES, publishedConfig } from '../published.ts';
import { parseCnClipConfig, parseHfConfig, toCnClipConfig } from './index.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url));
const readJson = (name: string) => JSON.parse(readFileSync(fixtures + name, 'utf8'));

/** The error a call throws, as data. */
function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    if (error instanceof TuwenError) return { code: error.code, value: error.value };
    throw error;
  }
  return undefined;
}

describe("cn_clip's keys", () => {
  const rn50 = { ...toCnClipConfig(publishedConfig('RN50')), vision_layers: '[3,4,6,3]' };
  const vitB = toCnClipConfig(publishedConfig('ViT-B-16'));

  test.each(PUBLISHED_NAMES)('%s survives being written and read', (name) => {
    const { name: _, ...config } = publishedConfig(name);
    expect(parseCnClipConfig(toCnClipConfig(publishedConfig(name)), 'x')).toEqual(config);
  });

  test('ViT-H-14 has 16 heads of 80, RN50 32 heads of 64 in its pool', () => {
    expect(publishedConfig('ViT-H-14').image.heads).toBe(16);
    expect(publishedConfig('RN50').image.heads).toBe(32);
  });

  test('two files, merged', () => {
    const parts = [readJson('training/ViT-micro.json'), readJson('training/BERT-micro-chinese.json')];
    expect(parseCnClipConfig({ ...parts[0], ...parts[1] }, 'x')).toEqual({
      embedDim: 16,
      image: { kind: 'vit', resolution: 24, patch: 8, width: 24, layers: 2, heads: 4, mlp: 96 },
      text: {
        kind: 'bert',
        vocabSize: 1024,
        hidden: 16,
        layers: 2,
        heads: 2,
        intermediate: 32,
        maxPositions: 64,
        typeVocabSize: 2,
        hiddenAct: 'gelu',
        dropout: 0,
        attentionDropout: 0,
        initializerRange: 0.02,
        layerNormEps: 1e-12,
      },
      pixels: cnClipPixels(24),
    });
  });

  test('layers as text; the head width left out is 64', () => {
    expect(parseCnClipConfig(rn50, 'x').image).toMatchObject({ kind: 'resnet', layers: [3, 4, 6, 3] });
    const { vision_head_width: _, ...without } = vitB;
    expect(parseCnClipConfig(without, 'x').image.heads).toBe(12);
  });

  test.each([
    ['vision_layers', '__import__("os").system("true")'],
    ['vision_layers', '[3,4,6]'],
    ['vision_layers', '[3,4,6,999]'],
    ['vision_layers', 1e9],
    ['vision_width', '64'],
    ['embed_dim', 0],
    ['embed_dim', 1.5],
    ['vocab_size', undefined],
    ['text_hidden_dropout_prob', 2],
    ['image_resolution', 200],
    ['text_num_attention_heads', 11],
  ])('%s %j is refused and named', (key, got) => {
    expect(errorOf(() => parseCnClipConfig({ ...rn50, [key]: got }, 'RN50.json'))).toMatchObject({
      code: 'TUWEN_CONFIG_INVALID',
      value: {
        file: 'RN50.json',
        ...(key.startsWith('text_num') ? {} : { key: expect.stringContaining(key), got }),
      },
    });
  });

  test('a ViT needs a patch that divides the picture and heads that divide the width', () => {
    for (const [key, got] of [
      ['vision_patch_size', null],
      ['image_resolution', 225],
      ['vision_width', 700],
    ] as const)
      expect(errorOf(() => parseCnClipConfig({ ...vitB, [key]: got }, 'x'))).toMatchObject({
        code: 'TUWEN_CONFIG_INVALID',
        value: { key, got },
      });
  });

  test('another activation is not supported', () => {
    expect(errorOf(() => parseCnClipConfig({ ...vitB, text_hidden_act: 'relu' }, 'x'))).toEqual({
      code: 'TUWEN_CONFIG_UNSUPPORTED',
      value: { file: 'x', key: 'text_hidden_act', got: 'relu', supported: '"gelu"' },
    });
  });
});

describe("Hugging Face's files", () => {
  const parse = (config: unknown, preprocessor?: unknown) =>
    parseHfConfig({
      config: { file: 'config.json', json: config },
      preprocessor:
        preprocessor === undefined ? undefined : { file: 'preprocessor_config.json', json: preprocessor },
    });
  const config = readJson('tiny-hf/config.json');
  const preprocessor = readJson('tiny-hf/preprocessor_config.json');
  const squash = { do_center_crop: false, size: { height: 224, width: 224 } };

  test('as transformers saves them', () => {
    expect(parse(config, preprocessor)).toEqual({
      embedDim: 24,
      image: { kind: 'vit', resolution: 48, patch: 16, width: 48, layers: 3, heads: 4, mlp: 192 },
      text: {
        ...publishedConfig('ViT-B-16').text,
        hidden: 32,
        layers: 3,
        heads: 4,
        intermediate: 64,
      },
      pixels: { size: 48, fit: 'squash', mean: CLIP_MEAN, std: CLIP_STD, order: 'rgb-first' },
    });
  });

  test('what is left out has the class default', () => {
    const { image, text, embedDim } = parse({
      model_type: 'chinese_clip',
      text_config: { vocab_size: 21128 },
    });
    const b32 = publishedConfig('ViT-B-32');
    expect({ image, text, embedDim }).toEqual({ image: b32.image, text: b32.text, embedDim: 512 });
    expect(parse({}).text.vocabSize).toBe(30522);
    expect(parse({ vision_config: { patch_size: 16 } }).image).toEqual(publishedConfig('ViT-B-16').image);
  });

  test('a size that is one number, and pictures prepared by default', () => {
    const pixels = parse({}, { ...squash, size: 224 }).pixels;
    expect(pixels).toEqual({
      size: 224,
      fit: 'squash',
      mean: [...CLIP_MEAN],
      std: [...CLIP_STD],
      order: 'rgb-first',
    });
    expect(parse({}).pixels).toEqual(pixels);
  });

  test.each([
    ['vision_config', 'hidden_act', 'gelu'],
    ['vision_config', 'intermediate_size', 100],
    ['vision_config', 'num_channels', 1],
    ['vision_config', 'layer_norm_eps', 1e-6],
    ['text_config', 'hidden_act', 'gelu_new'],
    ['text_config', 'position_embedding_type', 'relative_key'],
  ])('%s.%s %j is not supported', (part, key, got) => {
    expect(errorOf(() => parse({ ...config, [part]: { ...config[part], [key]: got } }))).toMatchObject({
      code: 'TUWEN_CONFIG_UNSUPPORTED',
      value: { key: `${part}.${key}`, got },
    });
  });

  test.each([
    ['do_center_crop', true],
    ['do_center_crop', undefined],
    ['resample', 2],
    ['do_normalize', false],
    ['rescale_factor', 1],
    ['size', { shortest_edge: 224 }],
    ['size', undefined],
    ['size', { height: 224, width: 336 }],
  ])('pictures prepared with %s %j are not supported', (key, got) => {
    expect(errorOf(() => parse({}, { ...squash, [key]: got }))).toMatchObject({
      code: 'TUWEN_CONFIG_UNSUPPORTED',
      value: { file: 'preprocessor_config.json', key: expect.stringContaining(key) },
    });
  });

  test('what is not a configuration is named', () => {
    expect(errorOf(() => parse([]))).toMatchObject({
      code: 'TUWEN_CONFIG_INVALID',
      value: { file: 'config.json', key: '{}' },
    });
    expect(errorOf(() => parse({ vision_config: { hidden_size: '768' } }))).toEqual({
      code: 'TUWEN_CONFIG_INVALID',
      value: { file: 'config.json', key: 'vision_config.hidden_size', got: '768', expected: 'number' },
    });
    expect(errorOf(() => parse({}, { ...squash, image_std: [0, 1, 1] }))).toMatchObject({
      code: 'TUWEN_CONFIG_INVALID',
      value: { key: 'image_std.0' },
    });
  });
});
