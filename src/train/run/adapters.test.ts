/** Adapters: their function, their gradients, and what a run with them leaves. */
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { largestDifference } from '../../../test/support/numbers.ts';
import { run } from '../../../test/support/training-run.ts';
import { createRandom } from '../../base/index.ts';
import { convertModel, loadClip, readModel } from '../../clip/index.ts';
import { fromFloat32, readSafetensors, toFloat32, writeSafetensors } from '../../weights/index.ts';
import { openClipObjective } from '../clip-objective.ts';
import { weightShapes } from '../initialise.ts';
import { writeReferenceCheckpoint } from '../reference-checkpoint.ts';
import { resolveSettings } from '../settings/settings.ts';
import { addAdapters, mergeAdapters } from './adapters.ts';
import { stored } from './start.ts';

let logs: string;
beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), 'tuwen-adapters-'));
});
afterAll(() => rm(logs, { recursive: true }));

/** A model with adapters whose matrices are both random, and a batch for it. */
async function adaptedModel(name: string) {
  const { config, weights } = await stored(fixture(name));
  const [settings] = resolveSettings({ 'train-data': 'x', 'lora-rank': 3, 'lora-alpha': 6 }, 'test').stages;
  const adapters = addAdapters(settings!, config, weights, 7)!;
  const random = createRandom(8);
  for (const [key, values] of weights)
    if (key.endsWith('lora_B')) for (let i = 0; i < values.length; i++) values[i] = 0.1 * random.normal();
  const { size } = config.pixels;
  const pixels = Float32Array.from({ length: 4 * 3 * size * size }, () => random.normal());
  const ids = BigInt64Array.from({ length: 4 * 6 }, (_, i) =>
    i % 6 === 0 ? 101n : i % 6 === 5 ? 102n : BigInt(200 + random.below(700)),
  );
  const batch = {
    step: 0,
    pixels: { data: pixels, dims: [4, 3, size, size] },
    ids: { data: ids, dims: [4, 6] },
  };
  return { config, weights, adapters, batch };
}

describe.each(['tiny-hf', 'tiny-rn'])('%s', (name) => {
  test('an adapted model is the merged one: features, and gradients by the chain rule', async () => {
    const { config, weights, adapters, batch } = await adaptedModel(name);
    const session = { threads: 1 };
    const adapted = openClipObjective({
      config,
      weights,
      lora: adapters.lora,
      trains: (key) => /lora_[AB]$/.test(key),
      session,
    });
    const { loss } = await adapted.evaluate(batch);
    const features = [
      await adapted.encode('image', batch.pixels),
      await adapted.encode('text', batch.ids),
    ] as const;
    const plain = new Map([...weights].map(([key, values]) => [key, values.slice()]));
    mergeAdapters(adapters, config, plain);
    expect([...plain.keys()]).toEqual([...weightShapes(config).keys()]);
    const whole = openClipObjective({ config, weights: plain, session });
    for (const [tower, input, own] of [
      ['image', batch.pixels, features[0]],
      ['text', batch.ids, features[1]],
    ] as const) {
      const largest = Math.max(...own.map(Math.abs));
      expect(largestDifference(await whole.encode(tower, input), own)).toBeLessThan(2e-5 * largest);
    }
    const result = await whole.evaluate(batch);
    expect(adapted.trained.length).toBe(adapters.shapes.size - 1);
    // With adapters batch norms keep their statistics: the gradients of a whole ResNet are others.
    if (config.image.kind === 'resnet') return Promise.all([adapted.close(), whole.close()]);
    expect(Math.abs(result.loss - loss)).toBeLessThan(1e-5);
    let compared = 0;
    for (const key of adapted.gradients.keys()) {
      if (!key.endsWith('lora_A')) continue;
      const partner = key.replace('lora_A', 'lora_B');
      const [, weight, part] = /^(.+?)(?:\.([qkv]))?\.lora_A$/.exec(key)!;
      const dW = whole.gradients.get(weight!)!;
      const [rank, inputs] = adapters.shapes.get(key) as [number, number];
      const [a, b] = [weights.get(key)!, weights.get(partner)!];
      const outputs = b.length / rank;
      const first = part === undefined ? 0 : 'qkv'.indexOf(part) * outputs;
      const wanted = { [key]: new Float32Array(a.length), [partner]: new Float32Array(b.length) };
      // W + s·B·A: dA = s·Bᵀ·dW, dB = s·dW·Aᵀ.
      for (let k = 0; k < rank; k++)
        for (let j = 0; j < inputs; j++)
          for (let i = 0; i < outputs; i++) {
            const d = adapters.lora.scale * dW[(first + i) * inputs + j]!;
            wanted[key]![k * inputs + j]! += d * b[i * rank + k]!;
            wanted[partner]![i * rank + k]! += d * a[k * inputs + j]!;
          }
      for (const [each, values] of Object.entries(wanted)) {
        const largest = Math.max(...values.map(Math.abs));
        expect(largestDifference(adapted.gradients.get(each)!, values), each).toBeLessThan(
          1e-4 * largest + 1e-6,
        );
      }
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
    await adapted.close();
    await whole.close();
  });

  test('a run trains adapters alone; checkpoint, adapter and merged model are one model', async () => {
    const settings = { logs, model: fixture(name), 'max-steps': 4, lr: 0.02, dropout: false };
    const done = await run({
      ...settings,
      name: `${name}-lora`,
      'lora-rank': 2,
      'lora-targets': 'attention',
    });
    const full = await run({ ...settings, name: `${name}-full`, 'max-steps': 1 });
    if (name === 'tiny-hf') expect(Math.abs(done.steps[0]!.loss - full.steps[0]!.loss)).toBeLessThan(1e-6);
    const before = await readModel(fixture(name));
    const raw = await readSafetensors(done.checkpoint);
    for (const [key, tensor] of before.weights)
      if (raw.has(key) && !/running_/.test(key))
        expect(Buffer.compare(raw.get(key)!.bytes, tensor.bytes), key).toBe(0);
    const adapter = join(done.folder, 'checkpoints/adapter');
    const out = join(logs, `${name}-merged`);
    await convertModel(adapter, out, { layout: 'tuwen' });
    const texts = ['红色圆形', '一只猫'];
    const vectors: Float32Array[] = [];
    for (const path of [done.checkpoint, adapter, out]) {
      await using clip = await loadClip(path, { threads: 1 });
      vectors.push((await clip.embedTexts(texts)).data);
    }
    for (const each of vectors) expect(largestDifference(each, vectors[0]!)).toBeLessThan(1e-6);
    await using base = await loadClip(fixture(name), { threads: 1 });
    expect(largestDifference((await base.embedTexts(texts)).data, vectors[0]!)).toBeGreaterThan(1e-3);
  });
});

describe('adapters that do not fit', () => {
  let adapter: string;
  beforeAll(async () => {
    const settings = { logs, model: fixture('tiny-hf'), 'val-data': undefined, 'max-steps': 1 };
    const done = await run({ ...settings, name: 'small', 'lora-rank': 1 });
    adapter = join(done.folder, 'checkpoints/adapter');
  });

  /** A copy of the adapter with another configuration or other tensors. */
  async function changed(name: string, config: object, tensors = (all: Map<string, unknown>) => void all) {
    const copy = join(logs, name);
    await cp(adapter, copy, { recursive: true });
    const file = join(copy, 'adapter_config.json');
    const json = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...json, ...config }));
    const weights = join(copy, 'adapter_model.safetensors');
    const all = await readSafetensors(weights);
    tensors(all);
    await writeSafetensors(weights, all);
    return copy;
  }

  test.each([
    ['another method', { peft_type: 'IA3' }, 'peft_type'],
    ['no base', { base_model_name_or_path: null }, 'base_model_name_or_path'],
    ['no rank', { r: 0 }, 'r'],
    ['ranks by layer', { rank_pattern: { dense: 4 } }, 'rank_pattern'],
    ['DoRA', { use_dora: true }, 'use_dora'],
    ['a rank that the matrices have not', { r: 200 }, 'r'],
  ])('%s', async (name, config, key) => {
    const path = await changed(name, config);
    await expect(readModel(path)).rejects.toMatchObject({ code: 'TUWEN_CONFIG_INVALID', value: { key } });
  });

  test('an adapter of an adapter', async () => {
    const path = await changed('nested', { base_model_name_or_path: adapter });
    await expect(readModel(path)).rejects.toMatchObject({ code: 'TUWEN_CONFIG_INVALID' });
  });

  test.each<[string, (all: Map<string, never>) => void]>([
    ['a matrix of another shape', (all) => all.set(firstOf(all), all.get(lastOf(all))!)],
    ['a matrix without its partner', (all) => void all.delete(firstOf(all))],
    [
      'a module that the model has not',
      (all) => all.set('base_model.model.x.lora_A.weight', all.get(firstOf(all))!),
    ],
  ])('%s', async (name, change) => {
    const path = await changed(name, {}, change as never);
    await expect(readModel(path)).rejects.toMatchObject({ code: 'TUWEN_CHECKPOINT_MISMATCH' });
  });

  test('of queries and values alone, and of the projections, it is merged where it belongs', async () => {
    const { weights: before, config } = await readModel(fixture('tiny-hf'));
    const { embedDim, text } = config;
    const random = createRandom(3);
    const matrix = (rows: number, columns: number) =>
      fromFloat32(
        Float32Array.from({ length: rows * columns }, () => random.normal()),
        [rows, columns],
      );
    const [a, b] = [matrix(1, text.hidden), matrix(embedDim, 1)];
    const path = await changed('partial', { lora_alpha: 3 }, ((all: Map<string, unknown>) => {
      for (const [name, tensor] of all)
        if (!/[qv]_proj|query|value/.test(name)) all.delete(name);
        else if (name.includes('lora_B')) all.set(name, matrix((tensor as { shape: number[] }).shape[0]!, 1));
      all.set('base_model.model.text_projection.lora_A.weight', a);
      all.set('base_model.model.text_projection.lora_B.weight', b);
    }) as never);
    const { weights: after } = await readModel(path);
    const floats = (from: typeof after, name: string) => toFloat32(from.get(name)!);
    const [was, is] = [before, after].map((from) => floats(from, 'text_projection'));
    const wanted = was!.map(
      (value, i) => value + 3 * toFloat32(b)[i % embedDim]! * toFloat32(a)[Math.floor(i / embedDim)]!,
    );
    expect(largestDifference(is!, wanted)).toBeLessThan(1e-5);
    const packed = 'visual.transformer.resblocks.0.attn.in_proj_weight';
    const third = before.get(packed)!.shape[0]! / 3;
    const columns = before.get(packed)!.shape[1]!;
    const changes = ['q', 'k', 'v'].map((_, i) => {
      const part = (from: typeof after) =>
        floats(from, packed).slice(i * third * columns, (i + 1) * third * columns);
      return largestDifference(part(before), part(after)) > 1e-3;
    });
    expect(changes).toEqual([true, false, true]);
  });

  test('nothing to adapt', async () => {
    const settings = { logs, model: fixture('tiny-hf'), name: 'none', 'lora-rank': 1 };
    const frozen = { 'freeze-vision': true, 'freeze-text': true };
    await expect(run({ ...settings, ...frozen })).rejects.toMatchObject({
      code: 'TUWEN_SETTING_INVALID',
      value: { key: 'lora-rank' },
    });
  });
});

describe('the model that adapters belong to', () => {
  const vectorsOf = async (path: string) => {
    await using clip = await loadClip(path, { threads: 1 });
    return (await clip.embedTexts(['红色圆形', '一只猫'])).data;
  };
  const LORA = { 'lora-rank': 2, lr: 0.02, dropout: false, 'max-steps': 2 };
  const settings = () => ({ logs, model: fixture('tiny-hf'), 'val-data': undefined, ...LORA });
  const stageOf = (more: object) => ({ ...LORA, ...more });

  /** The newest adapter with its model is the newest checkpoint. */
  async function expectWhole(folder: string, checkpoint: string) {
    const adapter = join(folder, 'checkpoints/adapter');
    expect(largestDifference(await vectorsOf(adapter), await vectorsOf(checkpoint))).toBeLessThan(1e-6);
    return JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8')) as Record<
      string,
      unknown
    >;
  }

  test('is the stored one where the run begins with that', async () => {
    const done = await run({ ...settings(), name: 'stored' });
    const { base_model_name_or_path: base } = await expectWhole(done.folder, done.checkpoint);
    expect(base).toBe(fixture('tiny-hf'));
    expect(existsSync(join(done.folder, 'checkpoints/adapter-base-1.safetensors'))).toBe(false);
  });

  test.each<[string, (name: string) => Promise<object>]>([
    ['rounded', async () => ({ 'fp16-rounding': true })],
    ['a later stage', async () => ({ stages: [{ 'lora-rank': undefined, 'max-steps': 1 }, stageOf({})] })],
    ['two stages of adapters', async () => ({ stages: [stageOf({}), stageOf({ 'lora-rank': 3 })] })],
    [
      'an adapter',
      async (name) => {
        const { folder } = await run({ ...settings(), name: `${name}-before` });
        return { model: join(folder, 'checkpoints/adapter') };
      },
    ],
    [
      'the weights of another run',
      async (name) => {
        const before = await run({ ...settings(), 'lora-rank': undefined, name: `${name}-before` });
        return { resume: before.checkpoint, 'reset-optimizer': true, 'reset-data-offset': true };
      },
    ],
    [
      'another run, gone on with',
      async (name) => {
        const before = await run({ ...settings(), name: `${name}-before` });
        return { resume: before.checkpoint, 'max-steps': 4 };
      },
    ],
  ])('is kept beside them where they begin with something else: %s', async (kind, more) => {
    const name = `base-${kind.replaceAll(/[ ,]+/g, '-')}`;
    const done = await run({ ...settings(), ...(await more(name)), name });
    const { base_model_name_or_path: base } = await expectWhole(done.folder, done.checkpoint);
    expect(base).toMatch(/adapter-base-[12]\.safetensors$/);
  });

  test('a run ended before its adapters were written has them after the next', async () => {
    const done = await run({ ...settings(), name: 'ended' });
    await rm(join(done.folder, 'checkpoints/adapter'), { recursive: true });
    const again = await run({ ...settings(), name: 'ended' });
    expect(again.made).toBe(0);
    await expectWhole(again.folder, again.checkpoint);
  });

  test('every checkpoint that is kept has its own', async () => {
    const given = { ...settings(), 'val-data': fixture('lmdb/tsv'), 'save-step-frequency': 1 };
    const { folder } = await run({ ...given, name: 'kept' });
    const kept = await Promise.all(
      ['epoch_1_1', 'epoch_1_2', 'best'].map(async (name) => {
        const own = await vectorsOf(join(folder, `checkpoints/adapter-${name}`));
        const wanted = await vectorsOf(join(folder, `checkpoints/${name}.safetensors`));
        expect(largestDifference(own, wanted)).toBeLessThan(1e-6);
        return own;
      }),
    );
    expect(largestDifference(kept[0]!, kept[1]!)).toBeGreaterThan(1e-4);
  });

  test.each([
    ['lora-rank', { 'lora-rank': 3 }],
    ['lora-alpha', { 'lora-alpha': 8 }],
    ['lora-targets', { 'lora-targets': 'attention' }],
    ['lora-rank', { 'lora-rank': undefined }],
  ])('a run is not gone on with under another %s', async (key, other) => {
    const name = `other-${JSON.stringify(other).replaceAll(/\W/g, '')}`;
    await run({ ...settings(), name });
    await expect(run({ ...settings(), 'max-steps': 4, ...other, name })).rejects.toMatchObject({
      code: 'TUWEN_SETTING_INVALID',
      value: { key },
    });
  });

  test('cn_clip’s trainer has no moments of adapters', async () => {
    const done = await run({ ...settings(), name: 'moments' });
    const written = writeReferenceCheckpoint(done.checkpoint, join(logs, 'moments.pt'));
    await expect(written).rejects.toMatchObject({
      code: 'TUWEN_SETTING_INVALID',
      value: { key: 'lora-rank' },
    });
  });
});

const firstOf = (all: Map<string, unknown>) => [...all.keys()].find((name) => name.includes('lora_A'))!;
const lastOf = (all: Map<string, unknown>) =>
  [...all.keys()].findLast((name) => name.includes('fc2.lora_A'))!;
