import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Progress } from '../../base/index.ts';
import {
  floatToHalf,
  fromFloat32,
  halfToFloat,
  readSafetensors,
  type StateDict,
  toFloat32,
  writeSafetensors,
} from '../../weights/index.ts';
import { stateEntries } from '../parameters.ts';
import { isRounded } from '../rounding.ts';
import { inspectModel, readModel, writeTuwen } from './index.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url));
const HF = `${fixtures}tiny-hf`;
const RN = `${fixtures}tiny-rn`;
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tuwen-layouts-'));
});
afterAll(() => rm(temporary, { recursive: true }));

/** A folder with the small files of the Hugging Face fixture, for weights of one's own. */
async function hfFolder(name: string, files = ['config.json', 'preprocessor_config.json', 'vocab.txt']) {
  const folder = join(temporary, name);
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(join(HF, file), join(folder, file));
  return folder;
}

describe('Hugging Face', () => {
  test("the tensors are cn_clip's, byte for byte, in cn_clip's order", async () => {
    const { layout, config, weights, vocabulary } = await readModel(HF);
    expect(layout).toBe('hf');
    expect(vocabulary).toBe(readFileSync(join(HF, 'vocab.txt'), 'utf8'));
    expect([...weights.keys()]).toEqual(stateEntries(config).map(({ name }) => name));
    const reference: Record<string, { shape: number[]; sha256: string }> = JSON.parse(
      readFileSync(join(HF, 'cn-clip.json'), 'utf8'),
    );
    expect([...weights.keys()]).toEqual(Object.keys(reference));
    for (const [name, { shape, sha256 }] of Object.entries(reference)) {
      const tensor = weights.get(name)!;
      const bytes = shape.reduce((a, b) => a * b, 4); // the reference has the first 1024 word embeddings
      expect(tensor.shape.slice(1), name).toEqual(shape.slice(1));
      expect(createHash('sha256').update(tensor.bytes.subarray(0, bytes)).digest('hex'), name).toBe(sha256);
    }
  });

  test('buffers and poolers of older files are ignored, shards are joined', async () => {
    const folder = await hfFolder('older');
    const extra = fromFloat32(Float32Array.of(1), [1]);
    const tensors = [...(await readSafetensors(join(HF, 'model.safetensors')))];
    const shards: Record<string, StateDict> = {
      'model-1.safetensors': new Map([
        ...tensors.slice(0, 50),
        ['text_model.embeddings.position_ids', extra],
        ['vision_model.embeddings.position_ids', extra],
      ]),
      'model-2.safetensors': new Map([...tensors.slice(50), ['text_model.pooler.dense.bias', extra]]),
    };
    const map: Record<string, string> = {};
    for (const [shard, content] of Object.entries(shards)) {
      await writeSafetensors(join(folder, shard), content);
      for (const name of content.keys()) map[name] = shard;
    }
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    const reports: Progress[] = [];
    const read = await readModel(folder, { onProgress: (progress) => reports.push(progress) });
    const whole = await readModel(HF);
    for (const [name, { bytes }] of whole.weights)
      expect(Buffer.compare(read.weights.get(name)!.bytes, bytes), name).toBe(0);
    expect(reports.at(-1)!.done).toBe(reports.at(-1)!.total);
  });

  test('everything that does not fit is named in one error', async () => {
    const folder = await hfFolder('mismatch');
    const tensors = new Map(await readSafetensors(join(HF, 'model.safetensors')));
    tensors.delete('text_projection.weight');
    tensors.set('surprise', fromFloat32(Float32Array.of(1), [1]));
    tensors.set('logit_scale', fromFloat32(Float32Array.of(1), [1]));
    tensors.set('vision_model.post_layernorm.bias', { dtype: 'I8', shape: [48], bytes: new Uint8Array(48) });
    await writeSafetensors(join(folder, 'model.safetensors'), tensors);
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_CHECKPOINT_MISMATCH',
      value: {
        path: folder,
        missing: ['text_projection.weight'],
        unexpected: ['surprise'],
        misshapen: [
          { name: 'logit_scale', expected: 'float []', got: 'F32 [1]' },
          { name: 'vision_model.post_layernorm.bias', expected: 'float [48]', got: 'I8 [48]' },
        ],
      },
    });
  });

  test('long lists are cut with a count in the message, whole in the value', async () => {
    const folder = await hfFolder('empty');
    await writeSafetensors(join(folder, 'model.safetensors'), new Map());
    const error = await readModel(folder).catch((error) => error);
    expect(error.value.missing.length).toBe(111);
    expect(error.text('en').message).toContain('missing (111): ');
    expect(error.text('zh').message).toContain('缺少 (111): ');
    expect(error.message.length).toBeLessThan(1000);
  });
});

describe('our own layout', () => {
  test('a ResNet reads as it lies on disk', async () => {
    const { layout, config, weights, vocabulary } = await readModel(RN);
    expect(layout).toBe('tuwen');
    expect(config).toMatchObject({
      name: 'tiny-rn',
      embedDim: 24,
      image: { kind: 'resnet', resolution: 64, width: 4, layers: [1, 2, 1, 1], heads: 4 },
      pixels: { size: 64, order: 'resize-first' },
    });
    expect([...weights.keys()]).toEqual([...(await readSafetensors(join(RN, 'model.safetensors'))).keys()]);
    expect(vocabulary.split('\n').length).toBe(1025);
  });

  test.each([HF, RN])('%s survives being written as floats', async (source) => {
    const { layout: _, ...model } = await readModel(source);
    const folder = join(temporary, 'written', 'floats');
    await writeTuwen(folder, { ...model, license: 'apache-2.0' }, { dtype: 'F32' });
    expect(await readdir(folder)).toEqual(['config.json', 'model.safetensors', 'vocab.txt']);
    const { weights, ...read } = await readModel(folder);
    const { weights: expected, ...rest } = model;
    expect(read).toEqual({ layout: 'tuwen', ...rest, license: 'apache-2.0' });
    expect([...weights.keys()]).toEqual([...expected.keys()]);
    for (const [name, { bytes }] of expected)
      expect(Buffer.compare(weights.get(name)!.bytes, bytes), name).toBe(0);
  });

  test('as halves: what cn_clip halves is rounded, all else as it was', async () => {
    const model = await readModel(RN);
    const folder = join(temporary, 'halves');
    await writeTuwen(folder, model, { dtype: 'F16' });
    const { weights } = await readModel(folder);
    for (const [name, tensor] of weights) {
      const original = model.weights.get(name)!;
      const kept = !isRounded(name);
      expect(tensor.dtype, name).toBe(kept ? original.dtype : 'F16');
      const values = toFloat32(original);
      expect(toFloat32(tensor), name).toEqual(kept ? values : halfToFloat(floatToHalf(values)));
    }
    const again = join(temporary, 'again');
    await writeTuwen(again, await readModel(folder), { dtype: 'F16' });
    expect(readFileSync(join(again, 'model.safetensors'))).toEqual(
      readFileSync(join(folder, 'model.safetensors')),
    );
  });

  test("weights that are not the configuration's are not written", async () => {
    const model = await readModel(RN);
    const weights = new Map([...model.weights].slice(1));
    const write = writeTuwen(join(temporary, 'never'), { ...model, weights }, { dtype: 'F32' });
    await expect(write).rejects.toMatchObject({
      code: 'TUWEN_CHECKPOINT_MISMATCH',
      value: { missing: ['text_projection'] },
    });
  });
});

test.each(['__proto__', 'constructor', 'toString'])('%s is no known kind of model', async (kind) => {
  const folder = await hfFolder(kind, ['vocab.txt']);
  await copyFile(join(HF, 'model.safetensors'), join(folder, 'model.safetensors'));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: kind }));
  const described = await inspectModel(folder);
  expect(described.problem?.code).toBe('TUWEN_ARCHITECTURE_UNKNOWN');
});

describe('folders that are no model', () => {
  test('unknown content is listed', async () => {
    const folder = join(temporary, 'unknown');
    await mkdir(folder);
    await writeFile(join(folder, 'config.json'), '{"model_type":"bert"}');
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_LAYOUT_UNKNOWN',
      value: {
        path: folder,
        found: ['config.json'],
        known: ['tuwen', 'hf', 'modelscope', 'cn_clip', 'openai', 'training'],
      },
    });
    const file = join(folder, 'config.json');
    await expect(readModel(file)).rejects.toMatchObject({
      code: 'TUWEN_WEIGHTS_UNKNOWN',
      value: { path: file },
    });
  });

  test('missing and broken files are named', async () => {
    await expect(readModel(join(temporary, 'none'))).rejects.toMatchObject({
      code: 'TUWEN_FILE_MISSING',
    });
    const folder = await hfFolder('without-vocabulary', ['config.json']);
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_FILE_MISSING',
      value: { path: join(folder, 'model.safetensors') },
    });
    await copyFile(join(HF, 'model.safetensors'), join(folder, 'model.safetensors'));
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_FILE_MISSING',
      value: { path: join(folder, 'vocab.txt') },
    });
    await writeFile(join(folder, 'config.json'), '{');
    await expect(readModel(folder)).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
  });

  test('a vocabulary larger than the word embeddings is refused', async () => {
    const folder = join(temporary, 'vocabulary');
    const model = await readModel(RN);
    await writeTuwen(folder, { ...model, vocabulary: `${model.vocabulary}新\n` }, { dtype: 'F32' });
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_CONFIG_INVALID',
      value: { key: 'vocab_size', got: 1024 },
    });
  });

  test('reading stops when asked to', async () => {
    const read = readModel(HF, { signal: AbortSignal.abort() });
    await expect(read).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  });
});
