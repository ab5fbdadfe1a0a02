/** Models from the checkpoints that PyTorch programs write, held to what the reference computes from them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../../test/support/checkpoints.ts';
import { fixture } from '../../../test/support/fixtures.ts';
import { largestDifference } from '../../../test/support/numbers.ts';
import {
  elements,
  readSafetensors,
  readTorch,
  type StateDict,
  toFloat32,
  writeSafetensors,
} from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { startEncoder } from '../encoder.ts';
import { loadClip } from '../load.ts';
import { stateEntries } from '../parameters.ts';
import { PUBLISHED_NAMES, publishedConfig } from '../published.ts';
import { isRounded, rounded } from '../rounding.ts';
import { readModel } from './index.ts';
import { inferConfig } from './infer-config.ts';
import { prefixOf, withoutPrefix } from './naming.ts';

const folder = unpackCheckpoints();
const file = (path: string) => join(folder, path);
const VOCABULARY = file('modelscope/v1.0.1/vocab.txt');

beforeAll(async () => {
  for (const beside of ['tiny-cn', 'tiny-rn']) await copyFile(VOCABULARY, file(`${beside}/vocab.txt`));
});
afterAll(() => rm(folder, { recursive: true }));

/** The vectors of the pictures and texts that lie beside the expected ones. */
async function featuresOf(
  config: ClipConfig,
  weights: StateDict,
  inputs: StateDict,
  pictures = 'pixel_values',
) {
  const [pixels, ids] = [inputs.get(pictures)!, inputs.get('input_ids')!];
  const encoder = await startEncoder(config, weights, { threads: 1 });
  try {
    return {
      image: await encoder.images(toFloat32(pixels).slice(), pixels.shape[0]!),
      text: await encoder.texts((elements(ids) as BigInt64Array<ArrayBuffer>).slice(), ids.shape[0]!),
    };
  } finally {
    await encoder.close();
  }
}

function expectClose(features: Float32Array, expected: StateDict, name: string): void {
  expect(largestDifference(features, toFloat32(expected.get(name)!)), name).toBeLessThan(1e-4);
}

/** The rows of a matrix, each scaled to length 1. */
function normalised(rows: Float32Array, dim: number): Float32Array {
  return rows.map((value, i) => value / Math.hypot(...rows.subarray(i - (i % dim), i - (i % dim) + dim)));
}

describe('features', () => {
  test.each([
    ['tiny-cn/clip_cn_tiny.pt', 'cn_clip', false, 'fp32'],
    ['tiny-cn/clip_cn_tiny.pt', 'cn_clip', true, 'rounded'],
    ['tiny-cn/clip_cn_tiny.fp16.pt', 'cn_clip', false, 'rounded'],
    ['tiny-cn/clip_cn_tiny.fp16.legacy.pt', 'cn_clip', false, 'rounded'],
    ['tiny-cn/epoch_latest.pt', 'cn_clip', false, 'latest'],
    ['tiny-hf-1k', 'hf', false, 'fp32'],
    ['modelscope/v1.0.0', 'modelscope', false, 'fp32'],
    ['modelscope/v1.0.1', 'modelscope', true, 'rounded'],
    ['modelscope/v1.0.1/pytorch_model.bin', 'cn_clip', false, 'fp32'],
  ] as const)('%s (%s, rounding %s) are %s', async (path, layout, rounding, kind) => {
    const model = await readModel(file(path));
    expect(model.layout).toBe(layout);
    const expected = await readSafetensors(file('tiny-cn/expected.safetensors'));
    const pictures = kind === 'latest' ? 'latest.pixel_values' : 'pixel_values';
    const weights = rounding ? rounded(model.weights) : model.weights;
    const { image, text } = await featuresOf(model.config, weights, expected, pictures);
    expectClose(image, expected, `${kind}.image.features`);
    expectClose(text, expected, `${kind}.text.features`);
  });

  test.each([
    [false, 'fp32'],
    [true, 'rounded'],
  ] as const)('a ResNet (rounding %s) has %s', async (rounding, kind) => {
    const { config, weights } = await readModel(file('tiny-rn/clip_cn_tiny_rn.pt'));
    const expected = await readSafetensors(fixture('tiny-rn/expected.safetensors'));
    const { image, text } = await featuresOf(config, rounding ? rounded(weights) : weights, expected);
    expectClose(image, expected, `${kind}.image.features`);
    expectClose(text, expected, `${kind}.text.features`);
  });

  test.each(['v1.0.0', 'v1.0.1'])("ModelScope's %s gives ModelScope's own vectors", async (version) => {
    const { config, weights } = await readModel(file(`modelscope/${version}`));
    const expected = await readSafetensors(file('modelscope/expected.safetensors'));
    const { image, text } = await featuresOf(config, rounded(weights), expected);
    expectClose(normalised(image, config.embedDim), expected, 'img_embedding');
    expectClose(normalised(text, config.embedDim), expected, 'text_embedding');
  });
});

describe('tensors', () => {
  test.each(['tiny-cn/clip_cn_tiny.pt', 'tiny-hf-1k', 'modelscope/v1.0.0', 'modelscope/v1.0.1'])(
    "%s holds cn_clip's, bit for bit, in cn_clip's order",
    async (path) => {
      const { weights } = await readModel(file(path));
      const reference: Record<string, { sha256: string }> = JSON.parse(
        readFileSync(fixture('tiny-hf/cn-clip.json'), 'utf8'),
      );
      expect([...weights.keys()]).toEqual(Object.keys(reference));
      for (const [name, { bytes }] of weights)
        expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(reference[name]!.sha256);
    },
  );

  test('rounding changes what cn_clip halves, and nothing else', async () => {
    const { dtypes_fp16: dtypes } = JSON.parse(readFileSync(file('tiny-cn/meta.json'), 'utf8'));
    for (const [name, dtype] of Object.entries(dtypes))
      expect(isRounded(name), name).toBe(dtype === 'float16');
    const full = rounded((await readModel(file('tiny-cn/clip_cn_tiny.pt'))).weights);
    const halved = (await readModel(file('tiny-cn/clip_cn_tiny.fp16.pt'))).weights;
    for (const [name, tensor] of halved)
      expect(largestDifference(toFloat32(full.get(name)!), toFloat32(tensor)), name).toBe(0);
  });

  test("names that ModelScope's fine-tuning writes lose their prefix", async () => {
    const tensors = await readTorch(file('modelscope/finetuned/keys-only.bin'));
    const names = [...withoutPrefix(tensors, prefixOf(tensors)).keys()];
    expect(names).toContain('text_projection');
    expect(names.filter((name) => name.startsWith('clip_model.'))).toEqual([]);
  });
});

describe('configurations', () => {
  test.each(PUBLISHED_NAMES)('%s is told from its shapes', (name) => {
    const config = publishedConfig(name);
    const tensors = new Map(
      stateEntries(config).map(({ name, shape }) => [name, { dtype: 'F32', shape }] as const),
    );
    expect(inferConfig(tensors, 'a.pt')).toEqual(config);
  });

  test('another number of layers or a larger picture is told too', () => {
    const base = publishedConfig('ViT-B-16');
    const image = { ...base.image, layers: 6, resolution: 384 } as ClipConfig['image'];
    const config = { ...base, image, text: { ...base.text, layers: 3 } };
    const tensors = new Map(
      stateEntries(config).map(({ name, shape }) => [name, { dtype: 'F32', shape }] as const),
    );
    expect(inferConfig(tensors, 'a.pt')).toMatchObject({ image, text: config.text, pixels: { size: 384 } });
  });

  test('files beside count only where they fit; without, unusual sizes are refused', async () => {
    const alone = file('alone');
    await mkdir(alone);
    await copyFile(file('tiny-cn/clip_cn_tiny.pt'), join(alone, 'model.pt'));
    await copyFile(file('tiny-cn/ViT-micro.json'), join(alone, 'ViT-micro.json'));
    await copyFile(file('tiny-cn/BERT-tiny-chinese.json'), join(alone, 'BERT-tiny-chinese.json'));
    await writeFile(join(alone, 'broken.json'), '{');
    await expect(readModel(join(alone, 'model.pt'))).rejects.toMatchObject({
      code: 'TUWEN_ARCHITECTURE_UNKNOWN',
      value: { path: join(alone, 'model.pt'), reason: 'vision_width 48 ≠ n × 64' },
    });
    const vision = JSON.parse(readFileSync(file('tiny-cn/ViT-tiny.json'), 'utf8'));
    await writeFile(join(alone, 'a.json'), JSON.stringify(vision));
    await expect(readModel(join(alone, 'model.pt'))).rejects.toMatchObject({
      code: 'TUWEN_VOCABULARY_MISSING',
    });
    await copyFile(VOCABULARY, join(alone, 'vocab.txt'));
    expect((await readModel(alone)).config.image).toMatchObject({ width: 48, heads: 4 });
    await writeFile(join(alone, 'b.json'), JSON.stringify({ ...vision, vision_head_width: 24 }));
    await expect(readModel(alone)).rejects.toMatchObject({ code: 'TUWEN_ARCHITECTURE_UNKNOWN' });
  });
});

describe('single files', () => {
  test('the Chinese BERT vocabulary comes with the package', async () => {
    const { weights, vocabulary } = await readModel(fixture('tiny-hf'));
    const bare = file('bare');
    await mkdir(bare);
    await writeSafetensors(join(bare, 'model.safetensors'), weights);
    const text = JSON.parse(readFileSync(file('tiny-cn/BERT-tiny-chinese.json'), 'utf8'));
    await writeFile(join(bare, 'text.json'), JSON.stringify({ ...text, vocab_size: 21128 }));
    await copyFile(file('tiny-cn/ViT-tiny.json'), join(bare, 'vision.json'));
    const read = await readModel(join(bare, 'model.safetensors'));
    expect(read.layout).toBe('cn_clip');
    expect(read.vocabulary).toBe(vocabulary);
  });

  test("one file of a folder of Hugging Face's or ours is read with its folder", async () => {
    const old = await readModel(file('tiny-hf-1k/pytorch_model.bin'));
    expect(old).toMatchObject({ layout: 'hf', config: { pixels: { order: 'rgb-first' } } });
    expect((await readModel(fixture('tiny-rn/model.safetensors'))).layout).toBe('tuwen');
  });

  test('other models and other files are named as such', async () => {
    await expect(readModel(file('init/bert.bin'))).rejects.toMatchObject({
      code: 'TUWEN_LAYOUT_UNKNOWN',
      value: { path: file('init/bert.bin') },
    });
    await expect(readModel(file('init/openai.jit.pt'))).rejects.toMatchObject({
      code: 'TUWEN_ARCHITECTURE_UNKNOWN',
      value: { reason: 'vision_width 24 ≠ n × 64' },
    });
    await expect(readModel(VOCABULARY)).rejects.toMatchObject({ code: 'TUWEN_WEIGHTS_UNKNOWN' });
    await expect(readModel(file('modelscope/finetuned/keys-only.bin'))).rejects.toMatchObject({
      code: 'TUWEN_LAYOUT_UNKNOWN',
    });
  });

  test('load as models do', async () => {
    const path = file('tiny-cn/clip_cn_tiny.pt');
    await using clip = await loadClip(path, { threads: 1 });
    expect(clip.info).toMatchObject({ name: path, layout: 'cn_clip', dim: 24, imageSize: 48 });
    await using published = await loadClip(path, { threads: 1, rounding: 'fp16' });
    const [a, b] = [await clip.embedTexts('中国'), await published.embedTexts('中国')];
    const difference = largestDifference(a.at(0), b.at(0));
    expect(difference).toBeGreaterThan(1e-6);
    expect(difference).toBeLessThan(1e-2);
    await expect(loadClip(path, { rounding: 'bf16' as never })).rejects.toMatchObject({
      code: 'TUWEN_BAD_ARGUMENT',
      value: { name: 'rounding' },
    });
  });
});
