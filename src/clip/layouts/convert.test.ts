/** Models written in every layout and read again. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../../test/support/checkpoints.ts';
import { fixture } from '../../../test/support/fixtures.ts';
import type { Progress } from '../../base/index.ts';
import { elements, readTorchHeader, readWeightsHeader, toFloat32, zeros } from '../../weights/index.ts';
import type { ClipConfig } from '../config.ts';
import { loadClip } from '../load.ts';
import { stateEntries } from '../parameters.ts';
import { isRounded } from '../rounding.ts';
import { convertModel, type WrittenLayout } from './convert.ts';
import { inspectModel } from './inspect.ts';
import { readModel } from './read.ts';
import { writeCnClip } from './write-cn-clip.ts';

const folder = unpackCheckpoints();
const output = mkdtempSync(join(tmpdir(), 'tuwen-convert-'));
const SOURCES: Readonly<Record<string, string>> = {
  cn_clip: join(folder, 'tiny-cn/clip_cn_tiny.pt'),
  'cn_clip in halves': join(folder, 'tiny-cn/clip_cn_tiny.fp16.pt'),
  'cn_clip of the old format': join(folder, 'tiny-cn/clip_cn_tiny.fp16.legacy.pt'),
  'cn_clip with optimizer': join(folder, 'tiny-cn/epoch_latest.pt'),
  'cn_clip ResNet': join(folder, 'tiny-rn/clip_cn_tiny_rn.pt'),
  hf: fixture('tiny-hf'),
  'hf of old': join(folder, 'tiny-hf-1k'),
  modelscope: join(folder, 'modelscope/v1.0.0'),
  tuwen: fixture('tiny-rn'),
};
const EVERY: readonly WrittenLayout[] = ['cn_clip', 'hf', 'modelscope', 'tuwen'];
const RESNET: readonly WrittenLayout[] = ['cn_clip', 'tuwen'];

beforeAll(() => {
  for (const beside of ['tiny-cn', 'tiny-rn'])
    copyFileSync(join(folder, 'modelscope/v1.0.1/vocab.txt'), join(folder, beside, 'vocab.txt'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(output, { recursive: true });
});

let count = 0;
const place = (name = '') => {
  count += 1;
  return join(output, `${count}${name}`);
};

/** A new place with this model in this layout. */
async function converted(input: string, layout: WrittenLayout): Promise<string> {
  const to = place();
  await convertModel(input, to, { layout });
  return to;
}

/** What must stay the same on any way: tensors bit for bit and in their order, sizes, words. */
async function essence(path: string) {
  const { weights, config, vocabulary } = await readModel(path);
  const { embedDim, image, text, pixels } = config;
  return {
    tensors: Array.from(weights, ([name, { dtype, shape, bytes }]) => [
      name,
      dtype,
      shape,
      Buffer.from(bytes).toString('base64'),
    ]),
    config: { embedDim, image, text, mean: pixels.mean, std: pixels.std, fit: pixels.fit },
    vocabulary,
  };
}

describe('every layout into every other and back', () => {
  test.each(Object.entries(SOURCES))('%s', async (_, source) => {
    const original = await essence(source);
    const layouts = original.config.image.kind === 'resnet' ? RESNET : EVERY;
    for (const first of layouts) {
      const one = await converted(source, first);
      expect(await essence(one), first).toEqual(original);
      expect((await readModel(one)).layout).toBe(first);
      for (const second of layouts.filter((layout) => layout !== first)) {
        const other = await converted(one, second);
        expect(await essence(other), `${first} → ${second}`).toEqual(original);
        const back = await converted(other, first);
        expect(await essence(back), `${first} → ${second} → ${first}`).toEqual(original);
      }
    }
  });

  test('what the trainer noted goes along', async () => {
    let path = SOURCES.cn_clip!;
    for (const layout of ['tuwen', 'modelscope', 'hf', 'cn_clip'] as const)
      path = await converted(path, layout);
    const { notes } = await readTorchHeader(path);
    expect([...notes].slice(0, 3)).toEqual([
      ['epoch', 7],
      ['step', 40000],
      ['name', 'tiny'],
    ]);
  });

  test('names, order and types are those of the published files', async () => {
    const written = await readTorchHeader(await converted(SOURCES.hf!, 'cn_clip'));
    const published = await readTorchHeader(SOURCES.cn_clip!);
    expect([...written.tensors.keys()]).toEqual([...published.tensors.keys()]);
    const scope = join(await converted(SOURCES.cn_clip!, 'modelscope'), 'pytorch_model.bin');
    const poolers = await readTorchHeader(join(folder, 'modelscope/v1.0.1/pytorch_model.bin'));
    expect(new Map((await readTorchHeader(scope)).tensors)).toEqual(new Map(poolers.tensors));
    const hugging = await readWeightsHeader(
      join(await converted(SOURCES.cn_clip!, 'hf'), 'model.safetensors'),
    );
    const reference = await readWeightsHeader(fixture('tiny-hf/model.safetensors'));
    expect([...hugging.tensors.keys()].sort()).toEqual([...reference.tensors.keys()].sort());
  });

  test("the small files say what transformers' and ModelScope's say", async () => {
    const hf = await converted(SOURCES.cn_clip!, 'hf');
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
    for (const file of ['config.json', 'preprocessor_config.json']) {
      const expected = read(join(fixture('tiny-hf'), file));
      expected.transformers_version = undefined;
      if (file === 'config.json') expected.text_config.vocab_size = 1024;
      else expected.crop_size = { height: 48, width: 48 };
      expect(read(join(hf, file))).toMatchObject(JSON.parse(JSON.stringify(expected)));
    }
    const scope = await converted(SOURCES.cn_clip!, 'modelscope');
    for (const file of ['configuration.json', 'vision_model_config.json', 'text_model_config.json'])
      expect(read(join(scope, file))).toEqual(read(join(folder, 'modelscope/v1.0.1', file)));
  });

  test('what shapes and the usual vocabulary tell is not said again', async () => {
    const { config, weights, vocabulary } = await readModel(SOURCES.hf!);
    if (config.image.kind !== 'vit' || config.text.kind !== 'bert') throw new Error('another fixture');
    const usual: ClipConfig = {
      ...config,
      image: { ...config.image, width: 64, mlp: 256, heads: 1 },
      text: { ...config.text, hidden: 64, heads: 1 },
    };
    const tensors = stateEntries(usual).map(({ name, shape }) => [name, zeros('F32', shape)] as const);
    const [told, untold] = [place(), place()];
    await writeCnClip(told, { config: usual, weights: new Map(tensors), vocabulary });
    expect([...(await readTorchHeader(told)).notes.keys()]).toEqual(['epoch', 'step', 'name']);
    await writeCnClip(untold, { config, weights, vocabulary });
    const all = ['epoch', 'step', 'name', 'tuwen.config', 'tuwen.vocabulary'];
    expect([...(await readTorchHeader(untold)).notes.keys()]).toEqual(all);
  });
});

describe('element types', () => {
  test('fp16 gives what the published path computes with, fp32 widens it again', async () => {
    const [half, full] = [place(), place('.pt')];
    await convertModel(SOURCES.cn_clip!, half, { layout: 'hf', dtype: 'F16' });
    const expected = await readModel(SOURCES['cn_clip in halves']!);
    const written = await readModel(half);
    for (const [name, tensor] of expected.weights) {
      expect(written.weights.get(name)!.dtype, name).toBe(isRounded(name) ? 'F16' : 'F32');
      expect(elements(written.weights.get(name)!), name).toEqual(elements(tensor));
    }
    await convertModel(half, full, { layout: 'cn_clip', dtype: 'F32' });
    const widened = await readModel(full);
    for (const [name, tensor] of expected.weights) {
      expect(widened.weights.get(name)!.dtype).toBe('F32');
      expect(toFloat32(widened.weights.get(name)!)).toEqual(toFloat32(tensor));
    }
  });

  test('batch counts of a ResNet stay whole numbers', async () => {
    const to = place();
    await convertModel(SOURCES['cn_clip ResNet']!, to, { layout: 'tuwen', dtype: 'F16' });
    expect((await inspectModel(to)).dtypes).toMatchObject({ I64: 22 });
  });
});

test('what is written loads and gives the same vectors', async () => {
  const vectors = async (path: string) => {
    await using clip = await loadClip(path, { threads: 1 });
    return (await clip.embedTexts(['一只猫', '雪山'])).data;
  };
  const expected = await vectors(SOURCES.cn_clip!);
  for (const layout of EVERY)
    expect(await vectors(await converted(SOURCES.cn_clip!, layout)), layout).toEqual(expected);
});

describe('refused, and nothing written', () => {
  test.each(['hf', 'modelscope'] as const)('%s has no ResNet', async (layout) => {
    const to = place();
    await expect(convertModel(SOURCES['cn_clip ResNet']!, to, { layout })).rejects.toMatchObject({
      code: 'TUWEN_LAYOUT_UNFIT',
      value: { layout, model: 'resnet' },
    });
    expect(existsSync(to)).toBe(false);
  });

  test('what exists stays, unless told', async () => {
    const file = place('.pt');
    writeFileSync(file, 'mine');
    const refused = { code: 'TUWEN_TARGET_EXISTS', value: { path: file, replaceable: true } };
    await expect(convertModel(SOURCES.hf!, file, { layout: 'cn_clip' })).rejects.toMatchObject(refused);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await convertModel(SOURCES.hf!, file, { layout: 'cn_clip', force: true });
    expect((await inspectModel(file)).layout).toBe('cn_clip');
    await convertModel(file, file, { layout: 'tuwen', force: true });
    expect(readdirSync(file)).toEqual(['config.json', 'model.safetensors', 'vocab.txt']);
    await convertModel(file, file, { layout: 'hf', force: true });
    expect((await inspectModel(file)).layout).toBe('hf');
  });

  test('a folder with other things is never replaced', async () => {
    const home = place();
    mkdirSync(join(home, 'pictures'), { recursive: true });
    writeFileSync(join(home, 'config.json'), '{"layout":"tuwen"}');
    const write = convertModel(SOURCES.hf!, home, { layout: 'tuwen', force: true });
    await expect(write).rejects.toMatchObject({ code: 'TUWEN_TARGET_EXISTS', value: { replaceable: false } });
    rmSync(join(home, 'pictures'), { recursive: true });
    writeFileSync(join(home, 'diary.txt'), 'dear diary');
    const again = convertModel(SOURCES.hf!, home, { layout: 'tuwen', force: true });
    await expect(again).rejects.toMatchObject({ code: 'TUWEN_TARGET_EXISTS', value: { replaceable: false } });
    expect(readdirSync(home).sort()).toEqual(['config.json', 'diary.txt']);
  });

  test('called off in the middle, nothing stays behind', async () => {
    const controller = new AbortController();
    const before = readdirSync(output);
    const to = place();
    const write = convertModel(SOURCES.hf!, to, {
      layout: 'modelscope',
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(write).rejects.toMatchObject({ code: 'TUWEN_CANCELLED', value: { job: 'writing' } });
    expect(readdirSync(output)).toEqual(before);
  });

  test('a disk that is full is an error that names the place, and nothing stays behind', () => {
    const room = place();
    mkdirSync(room);
    const script = `
      process.on('SIGXFSZ', () => {});
      const { convertModel } = await import('./src/clip/index.ts');
      for (const layout of ['cn_clip', 'hf'])
        await convertModel(${JSON.stringify(SOURCES.hf)}, ${JSON.stringify(join(room, 'out'))}, { layout }).catch(
          ({ code, value }) => console.log(code, value.path, value.reason),
        );`;
    // A limit on the size of files fails a write in its middle, as a full disk does.
    const run = `ulimit -f 1000; exec '${process.execPath}' --import tsx --input-type=module -e "$0"`;
    const said = execFileSync('sh', ['-c', run, script], { encoding: 'utf8' });
    const line = `TUWEN_FILE_UNWRITABLE ${join(room, 'out')} EFBIG\n`;
    expect(said).toBe(line + line);
    expect(readdirSync(room)).toEqual([]);
  });
});

test('progress counts all bytes', async () => {
  for (const layout of EVERY) {
    const reports: Progress[] = [];
    await convertModel(SOURCES.hf!, place(), { layout, onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)!.unit).toBe('byte');
    expect(reports.at(-1)!.done).toBeGreaterThanOrEqual(reports.at(-1)!.total!);
  }
});
