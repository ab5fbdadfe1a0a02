/** Checkpoints as they lie about: in parts, under other names, with and without the files that belong to them. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../../test/support/checkpoints.ts';
import { fixture } from '../../../test/support/fixtures.ts';
import {
  fromFloat32,
  readSafetensors,
  readWeights,
  type StateDict,
  stacked,
  type Tensor,
  writeSafetensors,
  writeTorch,
} from '../../weights/index.ts';
import { loadClip } from '../load.ts';
import { convertModel } from './convert.ts';
import { readModel } from './read.ts';

const checkpoints = unpackCheckpoints();
const folders = mkdtempSync(join(tmpdir(), 'tuwen-found-'));
const HF = fixture('tiny-hf');
const CN = join(checkpoints, 'tiny-cn/clip_cn_tiny.pt');
const VOCABULARY = join(checkpoints, 'modelscope/v1.0.1/vocab.txt');
let folder: string;
let count = 0;

beforeEach(() => {
  count += 1;
  folder = join(folders, String(count));
  mkdirSync(folder);
});
afterAll(() => {
  rmSync(checkpoints, { recursive: true });
  rmSync(folders, { recursive: true });
});

/** Copies files into the folder of the test. */
function lay(...files: string[]): void {
  for (const file of files) cpSync(file, join(folder, basename(file)));
}

const CONFIGS = ['ViT-tiny.json', 'BERT-tiny-chinese.json'].map((name) => join(checkpoints, 'tiny-cn', name));

async function expectSameTensors(path: string, expected: string): Promise<void> {
  const [a, b] = [await readModel(path), await readModel(expected)];
  expect([...a.weights.keys()]).toEqual([...b.weights.keys()]);
  for (const [name, { dtype, bytes }] of b.weights) {
    expect(a.weights.get(name)!.dtype, name).toBe(dtype);
    expect(Buffer.compare(a.weights.get(name)!.bytes, bytes), name).toBe(0);
  }
}

describe('shards', () => {
  test("of PyTorch's files are joined by their index, the folder's or the index named", async () => {
    lay(join(HF, 'config.json'), join(HF, 'vocab.txt'));
    const tensors = [...(await readSafetensors(join(HF, 'model.safetensors')))];
    const map: Record<string, string> = {};
    for (const [i, part] of [tensors.slice(0, 40), tensors.slice(40)].entries()) {
      const shard = `pytorch_model-0000${i + 1}-of-00002.bin`;
      await writeTorch(join(folder, shard), new Map(part));
      for (const [name] of part) map[name] = shard;
    }
    const index = join(folder, 'pytorch_model.bin.index.json');
    writeFileSync(index, JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }));
    await expectSameTensors(folder, HF);
    await expectSameTensors(index, HF);
    await using clip = await loadClip(folder, { threads: 1 });
    expect(clip.info.layout).toBe('hf');
  });

  test('that lack a tensor of the index are named before any is read', async () => {
    lay(join(HF, 'config.json'), join(HF, 'vocab.txt'));
    const tensors = await readSafetensors(join(HF, 'model.safetensors'));
    await writeTorch(join(folder, 'a.bin'), tensors);
    const map = Object.fromEntries([...tensors.keys(), 'more'].map((name) => [name, 'a.bin']));
    writeFileSync(join(folder, 'pytorch_model.bin.index.json'), JSON.stringify({ weight_map: map }));
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_CHECKPOINT_MISMATCH',
      value: { missing: ['more'] },
    });
  });
});

describe('FlashAttention', () => {
  /** The same tensors as cn_clip keeps them under FlashAttention: queries, keys and values in one. */
  function packed(tensors: StateDict): StateDict {
    const flash: StateDict = new Map();
    for (const [name, tensor] of tensors) {
      const query = /^(.*attention\.self)\.query\.(weight|bias)$/.exec(name);
      if (query) {
        const parts = ['query', 'key', 'value'].map(
          (part) => tensors.get(`${query[1]}.${part}.${query[2]}`)!,
        );
        flash.set(`${query[1]}.Wqkv.${query[2]}`, stacked(parts));
      } else if (!/attention\.self\.(key|value)\./.test(name)) {
        const plain = name.replace(/in_proj_(\w+)$/, 'Wqkv.$1');
        flash.set(plain.replace('attention.output.dense', 'attention.self.out_proj'), tensor);
      }
    }
    return flash;
  }

  test('names are unpacked, in memory and where they lie', async () => {
    lay(VOCABULARY, ...CONFIGS);
    const tensors = packed(await readWeights(CN));
    expect([...tensors.keys()].filter((name) => name.includes('Wqkv')).length).toBe(12);
    const file = join(folder, 'flash.pt');
    await writeTorch(file, tensors, { epoch: 1 });
    cpSync(VOCABULARY, join(checkpoints, 'tiny-cn/vocab.txt'));
    await expectSameTensors(file, CN);
    const { weights } = await readModel(file, { mapped: true });
    const whole = await readModel(CN);
    for (const [name, { bytes }] of whole.weights)
      expect(Buffer.compare(weights.get(name)!.bytes, bytes), name).toBe(0);
    expect(weights.get('bert.encoder.layer.0.attention.self.key.weight')!.stored).toBeDefined();
  });
});

describe('configurations', () => {
  test("Hugging Face's names without config.json: told from the shapes, where heads are usual", async () => {
    lay(join(HF, 'model.safetensors'));
    await expect(readModel(folder)).rejects.toMatchObject({
      code: 'TUWEN_ARCHITECTURE_UNKNOWN',
      value: { reason: 'vision_width 48 ≠ n × 64' },
    });
    const usual = widened(await readSafetensors(join(HF, 'model.safetensors')));
    await writeSafetensors(join(folder, 'model.safetensors'), usual);
    const { layout, config, vocabulary } = await readModel(folder);
    expect(layout).toBe('hf');
    expect(config).toMatchObject({
      embedDim: 24,
      image: { kind: 'vit', resolution: 48, patch: 16, width: 64, layers: 3, heads: 1, mlp: 256 },
      text: { hidden: 64, layers: 3, heads: 1, vocabSize: 21128 },
      pixels: { order: 'rgb-first', fit: 'squash' },
    });
    expect(vocabulary.split('\n').length).toBe(21129);
  });

  /** Tensors of the same names, with towers of width 64: all zeros. */
  function widened(tensors: StateDict): StateDict {
    return new Map(
      Array.from(tensors, ([name, { shape }]): [string, Tensor] => {
        const [from, mlp] = name.startsWith('vision') || name.startsWith('visual') ? [48, 192] : [32, 64];
        const wide = shape.map((size) => (size === from ? 64 : size === mlp ? 256 : size));
        return [name, fromFloat32(new Float32Array(wide.reduce((a, b) => a * b, 1)), wide)];
      }),
    );
  }

  test('a PyTorch file beside our own config.json is read by it', async () => {
    await convertModel(CN.replace('tiny-cn/clip_cn_tiny.pt', 'modelscope/v1.0.1'), join(folder, 'own'), {
      layout: 'tuwen',
    });
    rmSync(join(folder, 'own/model.safetensors'));
    cpSync(CN, join(folder, 'own/some.pt'));
    for (const path of [join(folder, 'own'), join(folder, 'own/some.pt')]) {
      const { layout, config } = await readModel(path);
      expect(layout).toBe('tuwen');
      expect(config.image).toMatchObject({ width: 48, heads: 4 });
    }
  });

  test('a config.json of another model beside a file is left alone', async () => {
    lay(CN, VOCABULARY, ...CONFIGS);
    for (const other of ['{', '{"model_type":"bert"}', JSON.stringify({ layout: 'tuwen' }), '[]']) {
      writeFileSync(join(folder, 'config.json'), other);
      expect((await readModel(join(folder, 'clip_cn_tiny.pt'))).layout, other).toBe('cn_clip');
      await using clip = await loadClip(join(folder, 'clip_cn_tiny.pt'), { threads: 1 });
      expect(clip.info.layout).toBe('cn_clip');
    }
  });

  test('a broken config.json counts where shapes alone would have to tell', async () => {
    lay(join(HF, 'model.safetensors'), join(HF, 'vocab.txt'));
    writeFileSync(join(folder, 'config.json'), '{');
    await expect(readModel(folder)).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
  });

  test('too many that fit are named, with what to do', async () => {
    lay(CN, VOCABULARY, ...CONFIGS);
    const vision = { ...JSON.parse(readFileSync(CONFIGS[0]!, 'utf8')), vision_head_width: 24 };
    writeFileSync(join(folder, 'other.json'), JSON.stringify(vision));
    const error = await readModel(join(folder, 'clip_cn_tiny.pt')).catch((error) => error);
    expect(error.value).toMatchObject({ ambiguous: true });
    expect(error.text('en').message).toContain('several configurations');
    expect(error.text('en').remedy).toContain('Leave only the two');
    expect(error.text('zh').remedy).toContain('只');
  });
});

describe('prefixes', () => {
  test.each(['module.', 'clip_model.', 'module.clip_model.', ''])('%j is taken off', async (prefix) => {
    lay(VOCABULARY, ...CONFIGS);
    cpSync(VOCABULARY, join(checkpoints, 'tiny-cn/vocab.txt'));
    const { weights } = await readModel(CN);
    const named = new Map(Array.from(weights, ([name, tensor]) => [prefix + name, tensor]));
    const file = join(folder, 'a.bin');
    await writeTorch(file, named);
    await expectSameTensors(file, CN);
  });
});
