/** What checkpoints are said to be. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../../test/support/checkpoints.ts';
import { fixture } from '../../../test/support/fixtures.ts';
import { adapterNames } from '../../graph/index.ts';
import {
  fromFloat32,
  readSafetensors,
  readWeights,
  writeSafetensors,
  writeTorch,
  zeros,
} from '../../weights/index.ts';
import { stateEntries } from '../parameters.ts';
import { PUBLISHED_NAMES, publishedConfig } from '../published.ts';
import { writeAdapter } from './adapter.ts';
import { inspectModel } from './inspect.ts';

const checkpoints = unpackCheckpoints();
const folder = mkdtempSync(join(tmpdir(), 'tuwen-inspect-'));
const file = (path: string) => join(checkpoints, path);
afterAll(() => {
  rmSync(checkpoints, { recursive: true });
  rmSync(folder, { recursive: true });
});

const NOTHING_WRONG = { missing: [], unexpected: [], misshapen: [], problem: null };
const TINY = { kind: 'vit', resolution: 48, patch: 16, width: 48, layers: 3, heads: 4, mlp: 192 };

describe('every fixture', () => {
  test.each([
    [
      'tiny-cn/clip_cn_tiny.pt',
      { layout: 'cn_clip', format: 'torch-zip', epoch: 7, step: 40000, name: 'tiny' },
    ],
    ['tiny-cn/clip_cn_tiny.fp16.legacy.pt', { layout: 'cn_clip', format: 'torch-legacy' }],
    ['modelscope/v1.0.0', { layout: 'modelscope', optimizer: true, embedDim: 24 }],
    ['modelscope/v1.0.1', { layout: 'modelscope', optimizer: false, embedDim: 24 }],
  ])('%s', async (path, expected) => {
    const description = await inspectModel(file(path));
    expect(description).toMatchObject({ ...expected, ...NOTHING_WRONG, image: TINY, prefix: 'module.' });
    expect(description.architecture).toBeNull();
  });

  test("types are counted as in cn_clip's halves", async () => {
    const { dtypes_fp16 } = JSON.parse(readFileSync(file('tiny-cn/meta.json'), 'utf8')) as {
      dtypes_fp16: Record<string, string>;
    };
    const halves = Object.values(dtypes_fp16).filter((dtype) => dtype === 'float16').length;
    const { dtypes, tensors } = await inspectModel(file('tiny-cn/clip_cn_tiny.fp16.pt'));
    const all = Object.keys(dtypes_fp16).length;
    expect({ dtypes, tensors }).toEqual({ dtypes: { F16: halves, F32: all - halves }, tensors: all });
  });

  test("the trainer's own file: an optimizer, one step", async () => {
    const found = await inspectModel(file('tiny-cn/epoch_latest.pt'));
    expect(found).toMatchObject({ optimizer: true, epoch: 1, step: 1, name: 'run', ...NOTHING_WRONG });
    expect(found.files).toEqual([{ path: file('tiny-cn/epoch_latest.pt'), bytes: found.bytes }]);
  });

  test("Hugging Face's buffers of old are nothing unexpected, and count as no parameters", async () => {
    const [old, now] = [await inspectModel(file('tiny-hf-1k')), await inspectModel(fixture('tiny-hf'))];
    expect(old).toMatchObject({ layout: 'hf', ...NOTHING_WRONG, image: TINY });
    expect(now.parameters - old.parameters).toBe((21128 - 1024) * 32);
  });

  test('a ResNet counts its trained numbers, not its statistics', async () => {
    const { parameters, image } = await inspectModel(fixture('tiny-rn'));
    expect(image).toMatchObject({ kind: 'resnet', layers: [1, 2, 1, 1], heads: 4 });
    const shapes = await readSafetensors(fixture('tiny-rn/model.safetensors'));
    const trained = [...shapes].filter(([name]) => !/running_|num_batches/.test(name));
    expect(parameters).toBe(trained.reduce((sum, [, { bytes }]) => sum + bytes.byteLength / 4, 0));
  });
});

describe("an adapter's folder", () => {
  const options = {
    base: 'mini',
    config: publishedConfig('ViT-B-16'),
    rank: 2,
    alpha: 4,
    tensors: new Map(
      adapterNames('visual.proj', '').map((name) => [name, fromFloat32(new Float32Array(12), [2, 6])]),
    ),
  };

  test('is said to belong to a model, and to have no towers of its own', async () => {
    const adapter = join(folder, 'adapter');
    await writeAdapter(adapter, options);
    expect(await inspectModel(adapter)).toMatchObject({
      layout: 'peft',
      format: 'safetensors',
      adapter: { base: 'mini', rank: 2, alpha: 4 },
      image: null,
      text: null,
      ...NOTHING_WRONG,
    });
  });

  test('with a configuration that is none of ours is described all the same', async () => {
    const other = join(folder, 'other-adapter');
    await writeAdapter(other, options);
    writeFileSync(join(other, 'adapter_config.json'), JSON.stringify({ peft_type: 'IA3' }));
    const { layout, adapter, problem } = await inspectModel(other);
    expect({ layout, adapter, code: problem?.code }).toEqual({
      layout: 'peft',
      adapter: null,
      code: 'TUWEN_CONFIG_INVALID',
    });
  });
});

test.each(PUBLISHED_NAMES)('%s is told from a header alone, its tensors never read', async (name) => {
  const config = publishedConfig(name);
  const entries = stateEntries(config);
  const path = join(folder, `${name}.safetensors`);
  writeHollow(path, entries);
  const found = await inspectModel(path);
  expect(found).toMatchObject({
    layout: 'cn_clip',
    architecture: name,
    tensors: entries.length,
    ...NOTHING_WRONG,
  });
  expect(found.image).toEqual(config.image);
  const millions = { RN50: 77, 'ViT-B-16': 188, 'ViT-L-14': 406, 'ViT-L-14-336': 407, 'ViT-H-14': 958 };
  if (name in millions)
    expect(Math.round(found.parameters / 1e6)).toBe(millions[name as keyof typeof millions]);
});

/** A safetensors file whose data is a hole: as long as it should be, and empty on disk. */
function writeHollow(path: string, entries: ReturnType<typeof stateEntries>): void {
  let end = 0;
  const header = Object.fromEntries(
    entries.map(({ name, shape, role }) => {
      const begin = end;
      end += shape.reduce((a, b) => a * b, 1) * (role === 'counter' ? 8 : 4);
      return [name, { dtype: role === 'counter' ? 'I64' : 'F32', shape, data_offsets: [begin, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json]));
  truncateSync(path, 8 + json.length + end);
}

describe('half a file and odd ones', () => {
  test('what is missing, too much and misshapen is listed', async () => {
    const odd = join(folder, 'odd');
    mkdirSync(odd);
    const tensors = new Map(await readWeights(file('tiny-cn/clip_cn_tiny.pt')));
    tensors.delete('module.visual.transformer.resblocks.1.ln_1.weight');
    tensors.set('module.extra', fromFloat32(Float32Array.of(1), [1]));
    tensors.set('module.visual.ln_pre.bias', zeros('F32', [7]));
    await writeTorch(join(odd, 'odd.pt'), tensors);
    const without = await inspectModel(odd);
    const wrong = {
      missing: ['visual.transformer.resblocks.1.ln_1.weight'],
      unexpected: ['extra'],
      misshapen: [{ name: 'visual.ln_pre.bias', expected: 'float [48]', got: 'F32 [7]' }],
    };
    expect(without).toMatchObject({ ...wrong, image: { ...TINY, heads: null } });
    expect(without.problem).toMatchObject({ code: 'TUWEN_ARCHITECTURE_UNKNOWN' });
    cpSync(file('modelscope/v1.0.1/vision_model_config.json'), join(odd, 'vision_model_config.json'));
    cpSync(file('modelscope/v1.0.1/text_model_config.json'), join(odd, 'text_model_config.json'));
    expect(await inspectModel(odd)).toMatchObject({
      ...wrong,
      image: TINY,
      layout: 'modelscope',
      problem: null,
    });
  });

  test('a few tensors of a fine-tuned model', async () => {
    const found = await inspectModel(file('modelscope/finetuned/keys-only.bin'));
    expect(found).toMatchObject({
      layout: 'cn_clip',
      prefix: 'clip_model.',
      image: null,
      text: null,
      optimizer: false,
    });
    expect(found.problem).toMatchObject({ code: 'TUWEN_ARCHITECTURE_UNKNOWN' });
  });

  test("OpenAI's English CLIP, as a program and as a state dict", async () => {
    for (const path of ['init/openai.jit.pt', 'init/openai.state_dict.pt']) {
      const found = await inspectModel(file(path));
      expect(found).toMatchObject({
        layout: 'openai',
        image: { kind: 'vit', heads: null },
        text: { kind: 'causal' },
      });
      expect(found).toMatchObject({ missing: [], unexpected: [], misshapen: [] });
    }
    expect((await inspectModel(file('init/openai.jit.pt'))).format).toBe('torchscript');
  });

  test('a BERT, with heads that are none of the tower', async () => {
    const found = await inspectModel(file('init/bert.bin'));
    expect(found).toMatchObject({
      layout: 'bert',
      image: null,
      text: { kind: 'bert', hidden: 16, layers: 2 },
    });
    expect(found.unexpected).toContain('cls.predictions.decoder.weight');
  });

  test('weights of another kind are counted', async () => {
    const path = join(folder, 'other.safetensors');
    await writeSafetensors(path, new Map([['w', zeros('F16', [3, 4])]]));
    expect(await inspectModel(path)).toMatchObject({
      layout: null,
      image: null,
      parameters: 12,
      tensors: 1,
      dtypes: { F16: 1 },
    });
  });

  test('a file that is no checkpoint is an error', async () => {
    await expect(inspectModel(file('tiny-cn/meta.json'))).rejects.toMatchObject({
      code: 'TUWEN_WEIGHTS_UNKNOWN',
    });
    await expect(inspectModel(join(folder, 'none'))).rejects.toMatchObject({ code: 'TUWEN_FILE_MISSING' });
    await expect(inspectModel(file('tiny-cn'))).rejects.toMatchObject({ code: 'TUWEN_LAYOUT_UNKNOWN' });
  });
});
