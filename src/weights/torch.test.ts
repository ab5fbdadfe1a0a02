import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../test/support/checkpoints.ts';
import { fixture } from '../../test/support/fixtures.ts';
import { archive, bytesOf, memoryFile, pickle, push } from '../../test/support/torch-writer.ts';
import type { Progress } from '../base/index.ts';
import {
  type DType,
  elements,
  floatToHalf,
  readSafetensors,
  readTorch,
  readTorchHeader,
  readWeights,
  readWeightsHeader,
  type Tensor,
  toFloat32,
} from './index.ts';
import { readTorchFrom } from './torch.ts';

const folder = unpackCheckpoints();
afterAll(() => rm(folder, { recursive: true }));
const file = (path: string) => join(folder, path);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The tensors of the model by cn_clip's names, as the reference hashes them. */
const reference: Record<string, { shape: number[]; sha256: string }> = JSON.parse(
  readFileSync(fixture('tiny-hf/cn-clip.json'), 'utf8'),
);

describe('archives', () => {
  test.each([
    'tiny-cn/clip_cn_tiny.pt',
    'modelscope/v1.0.0/pytorch_model.bin',
    'modelscope/v1.0.1/pytorch_model.bin',
  ])('%s holds the tensors of the reference, bit for bit', async (path) => {
    const tensors = await readTorch(file(path));
    const names = [...tensors.keys()].filter((name) => !name.includes('pooler'));
    expect(names).toEqual(Object.keys(reference).map((name) => `module.${name}`));
    for (const [name, { shape, sha256: hash }] of Object.entries(reference)) {
      const tensor = tensors.get(`module.${name}`)!;
      expect(tensor.shape, name).toEqual(shape);
      expect(sha256(tensor.bytes), name).toBe(hash);
    }
  });

  test('an old Hugging Face file holds the tensors of the new one, and position numbers', async () => {
    const old = await readTorch(file('tiny-hf-1k/pytorch_model.bin'));
    const now = await readSafetensors(fixture('tiny-hf/model.safetensors'));
    for (const [name, { bytes }] of now) {
      const tensor = old.get(name)!;
      expect(Buffer.compare(tensor.bytes, bytes.subarray(0, tensor.bytes.byteLength)), name).toBe(0);
    }
    const positions = old.get('vision_model.embeddings.position_ids')!;
    expect([...elements(positions)]).toEqual(Array.from({ length: 10 }, (_, i) => BigInt(i)));
    expect([...old.keys()].filter((name) => !now.has(name))).toHaveLength(2);
  });

  test('a ResNet, with its counters', async () => {
    const tensors = await readTorch(file('tiny-rn/clip_cn_tiny_rn.pt'));
    const expected = await readSafetensors(fixture('tiny-rn/model.safetensors'));
    expect([...tensors.keys()]).toEqual([...expected.keys()].map((name) => `module.${name}`));
    for (const [name, { dtype, bytes }] of expected) {
      expect(tensors.get(`module.${name}`)!.dtype).toBe(dtype);
      expect(Buffer.compare(tensors.get(`module.${name}`)!.bytes, bytes), name).toBe(0);
    }
  });

  test('tensors are views of one buffer; those that share a storage share memory', async () => {
    const tensors = await readTorch(file('init/bert.bin'));
    expect(new Set(Array.from(tensors.values(), ({ bytes }) => bytes.buffer)).size).toBe(1);
    const tied = ['cls.predictions.decoder.weight', 'bert.embeddings.word_embeddings.weight'];
    const [decoder, words] = tied.map((name) => tensors.get(name)!.bytes) as [Uint8Array, Uint8Array];
    expect(decoder.byteOffset).toBe(words.byteOffset);
  });

  test("an optimizer's state takes no memory and is not read", async () => {
    const reports: Progress[] = [];
    const tensors = await readTorch(file('tiny-cn/epoch_latest.pt'), {
      onProgress: (report) => reports.push(report),
    });
    const bytes = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.byteLength, 0);
    expect(reports.at(-1)).toMatchObject({ unit: 'byte', done: bytes, total: bytes });
    expect([...tensors.values()][0]!.bytes.buffer.byteLength).toBeLessThan(bytes + 64 * tensors.size);
  });

  test('deflated and zip64 archives read the same', async () => {
    const value = pickle(push.dict({ a: push.tensor(push.storage('0', 4), 0, [2, 2], [2, 1]) }));
    const data = bytesOf(...[1, 2, 3, 4].flatMap((n) => [0, 0, n * 16, 0x40]));
    for (const options of [{}, { deflate: true }, { zip64: true }]) {
      const tensors = await readTorchFrom(memoryFile(archive(value, { 0: data }, options)));
      expect(Buffer.from(tensors.get('a')!.bytes)).toEqual(data);
    }
  });
});

describe('the old format', () => {
  test('holds what the archive holds, half precision included', async () => {
    const legacy = await readTorch(file('tiny-cn/clip_cn_tiny.fp16.legacy.pt'));
    const halved = await readTorch(file('tiny-cn/clip_cn_tiny.fp16.pt'));
    const full = await readTorch(file('tiny-cn/clip_cn_tiny.pt'));
    const { dtypes_fp16: dtypes } = JSON.parse(readFileSync(file('tiny-cn/meta.json'), 'utf8'));
    expect([...legacy.keys()].filter((name) => !halved.has(name))).toHaveLength(2);
    for (const [name, tensor] of halved) {
      expect(legacy.get(name)!.dtype, name).toBe(tensor.dtype);
      expect(legacy.get(name)!.shape, name).toEqual(tensor.shape);
      expect(Buffer.compare(legacy.get(name)!.bytes, tensor.bytes), name).toBe(0);
      const floats = toFloat32(full.get(name)!);
      const expected = tensor.dtype === 'F16' ? floatToHalf(floats) : floats;
      expect(
        Buffer.compare(
          tensor.bytes,
          new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength),
        ),
        name,
      ).toBe(0);
      expect(dtypes[name.replace('module.', '')], name).toContain(tensor.dtype === 'F16' ? '16' : '32');
    }
  });
});

describe('headers', () => {
  test('say what the file is', async () => {
    const header = await readTorchHeader(file('tiny-cn/clip_cn_tiny.pt'));
    expect(header).toMatchObject({ format: 'torch-zip', optimizer: false });
    expect(Object.fromEntries(header.notes)).toEqual({ epoch: 7, step: 40000, name: 'tiny' });
    expect(header.tensors.get('module.visual.conv1.weight')).toMatchObject({
      dtype: 'F32',
      shape: [48, 3, 16, 16],
    });
    expect(await readTorchHeader(file('modelscope/v1.0.0/pytorch_model.bin'))).toMatchObject({
      optimizer: true,
    });
    const legacy = await readTorchHeader(file('tiny-cn/clip_cn_tiny.fp16.legacy.pt'));
    expect(legacy).toMatchObject({ format: 'torch-legacy', optimizer: false });
  });

  test('big-endian files are named as what they are', async () => {
    const big = archive(pickle(push.dict({})), {}, { byteorder: 'big' });
    await expect(readTorchFrom(memoryFile(big))).rejects.toMatchObject({ value: { kind: 'big-endian' } });
  });
});

describe('tensors', () => {
  const sizes: readonly [type: string, dtype: DType, bytes: number][] = [
    ['DoubleStorage', 'F64', 8],
    ['FloatStorage', 'F32', 4],
    ['HalfStorage', 'F16', 2],
    ['BFloat16Storage', 'BF16', 2],
    ['LongStorage', 'I64', 8],
    ['IntStorage', 'I32', 4],
    ['ShortStorage', 'I16', 2],
    ['CharStorage', 'I8', 1],
    ['ByteStorage', 'U8', 1],
    ['BoolStorage', 'BOOL', 1],
  ];
  test.each(sizes)('%s is %s', async (type, dtype, size) => {
    const value = pickle(push.dict({ a: push.tensor(push.storage('0', 3, type), 1, [2], [1]) }));
    const data = Buffer.from(Array.from({ length: 3 * size }, (_, i) => i % 2));
    const tensors = await readTorchFrom(memoryFile(archive(value, { 0: data })));
    expect(tensors.get('a')).toEqual({ dtype, shape: [2], bytes: new Uint8Array(data.subarray(size)) });
  });

  const read = async (
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ): Promise<Tensor> => {
    const value = pickle(
      push.dict({ a: push.tensor(push.storage('0', 6, 'ByteStorage'), offset, shape, strides) }),
    );
    return (await readTorchFrom(memoryFile(archive(value, { 0: bytesOf(0, 1, 2, 3, 4, 5) })))).get('a')!;
  };

  test('strides become row-major order', async () => {
    expect([...(await read(0, [3, 2], [1, 3])).bytes]).toEqual([0, 3, 1, 4, 2, 5]);
    expect([...(await read(1, [2], [3])).bytes]).toEqual([1, 4]);
    expect([...(await read(0, [2, 1, 3], [3, 99, 1])).bytes]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await read(4, [], [])).bytes]).toEqual([4]);
    expect([...(await read(6, [0, 5], [5, 1])).bytes]).toEqual([]);
  });

  test.each([
    ['beyond the end', 3, [4], [1]],
    ['a stride beyond the end', 0, [2], [6]],
    ['more elements than the storage', 0, [7], [0]],
    ['sizes whose product is no number', 0, [2 ** 52, 2 ** 52], [0, 0]],
  ])('%s is refused', async (_, offset, shape, strides) => {
    await expect(read(offset, shape, strides)).rejects.toMatchObject({
      code: 'TUWEN_TORCH_INVALID',
      value: { fault: 'bad-tensor', about: 'a' },
    });
  });

  test('copies may not outgrow the storages', async () => {
    const turned = push.tensor(push.storage('0', 6, 'ByteStorage'), 0, [3, 2], [1, 3]);
    const value = pickle(push.dict({ a: turned, b: turned }));
    await expect(readTorchFrom(memoryFile(archive(value, { 0: new Uint8Array(6) })))).rejects.toMatchObject({
      value: { fault: 'copies-too-large', about: 'b' },
    });
  });
});

describe('files in any format', () => {
  test('are told apart by content', async () => {
    const header = await readWeightsHeader(fixture('tiny-rn/model.safetensors'));
    expect(header).toMatchObject({ format: 'safetensors', optimizer: false });
    expect((await readWeights(fixture('tiny-rn/model.safetensors'))).size).toBe(header.tensors.size);
    const misnamed = file('misnamed.safetensors');
    await writeFile(misnamed, readFileSync(file('tiny-cn/clip_cn_tiny.pt')));
    expect((await readWeightsHeader(misnamed)).format).toBe('torch-zip');
  });

  test('others are refused', async () => {
    for (const path of [fixture('tiny-hf/vocab.txt'), fixture('tiny-hf/config.json')])
      await expect(readWeights(path)).rejects.toMatchObject({
        code: 'TUWEN_WEIGHTS_UNKNOWN',
        value: { path },
      });
    await expect(readWeights(file('none.pt'))).rejects.toMatchObject({ code: 'TUWEN_FILE_MISSING' });
  });

  test('reading stops when asked to', async () => {
    const read = readTorch(file('tiny-cn/clip_cn_tiny.pt'), { signal: AbortSignal.abort() });
    await expect(read).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  });
});
