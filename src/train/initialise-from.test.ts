/** A Chinese-CLIP that starts from an English CLIP and a Chinese BERT, held to what cn_clip's trainer makes of them. */
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackCheckpoints } from '../../test/support/checkpoints.ts';
import { fixture } from '../../test/support/fixtures.ts';
import { largestDifference } from '../../test/support/numbers.ts';
import { createRandom } from '../base/index.ts';
import { type ChineseClipConfig, parseCnClipConfig, publishedConfig } from '../clip/index.ts';
import {
  elements,
  floatToHalf,
  halfToFloat,
  readSafetensors,
  readTorch,
  type StateDict,
  toFloat32,
  writeSafetensors,
} from '../weights/index.ts';
import { weightShapes } from './initialise.ts';
import { initialiseFrom } from './initialise-from.ts';

const folder = unpackCheckpoints();
afterAll(() => rm(folder, { recursive: true }));
const file = (path: string) => join(folder, path);
const OPENAI = file('init/openai.state_dict.pt');
const BERT = file('init/bert.bin');

const readJson = (path: string) => JSON.parse(readFileSync(fixture(path), 'utf8'));
const configOf = (vision: string): ChineseClipConfig =>
  parseCnClipConfig({ ...readJson('init/BERT-micro-chinese.json'), ...readJson(`init/${vision}`) }, vision);
const config = configOf('ViT-micro.json');
const sources: {
  merged: Record<string, { from: 'openai' | 'bert' | 'random'; exact?: boolean }>;
  unused: { openai: string[]; bert: string[] };
} = readJson('init/sources.json');

let expected: StateDict;
beforeAll(async () => {
  expected = await readSafetensors(fixture('init/expected.safetensors'));
});

const start = (options: { vision?: string; text?: string; config?: ChineseClipConfig }) =>
  initialiseFrom({ config, random: createRandom(7), ...options });

const halved = (values: Float32Array) => halfToFloat(floatToHalf(values));

/** Holds the weights of one source against the reference, which rounds those of the BERT to half precision. */
function expectMerged(weights: ReadonlyMap<string, Float32Array>, from: 'openai' | 'bert'): void {
  const names = Object.keys(sources.merged).filter((name) => sources.merged[name]!.from === from);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    const values = weights.get(name)!;
    const rows = expected.get(`merged.${name}.rows`);
    const ours = rows ? rowsOf(values, rows.shape[1]!) : values;
    const reference = toFloat32((rows ?? expected.get(`merged.${name}`))!);
    expect(largestDifference(sources.merged[name]!.exact ? ours : halved(ours), reference), name).toBe(0);
  }
}

function rowsOf(values: Float32Array, width: number): Float32Array {
  const rows = [...elements(expected.get('merged.word_rows')!)].map(Number);
  return Float32Array.from(rows.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]));
}

describe('an English CLIP and a Chinese BERT', () => {
  test.each([
    ['a state dict', OPENAI, BERT],
    ['a TorchScript archive', file('init/openai.jit.pt'), BERT],
    ['norms called gamma and beta', OPENAI, fixture('init/bert.gamma-beta.bin')],
  ])('%s gives the parameters of the reference', async (_, vision, text) => {
    const { weights, report } = await start({ vision, text });
    expectMerged(weights, 'openai');
    expectMerged(weights, 'bert');
    expect([...weights.keys()]).toEqual([...weightShapes(config).keys()]);
    const random = Object.keys(sources.merged).filter((name) => sources.merged[name]!.from === 'random');
    expect(report.missing).toEqual(random);
    expect(report.vision!.unused.toSorted()).toEqual(sources.unused.openai.toSorted());
    expect(report.vision!.taken.length + report.text!.taken.length + 1).toBe(weights.size);
    expect(report.resized).toBeUndefined();
    if (text === BERT) expect(report.text!.unused.toSorted()).toEqual(sources.unused.bert.toSorted());
  });

  test('values of the BERT stay as stored, not rounded', async () => {
    const stored = await readTorch(BERT);
    const { weights } = await start({ text: BERT });
    const name = 'bert.encoder.layer.1.output.dense.weight';
    expect(largestDifference(weights.get(name)!, toFloat32(stored.get(name)!))).toBe(0);
    expect(largestDifference(halved(weights.get(name)!), weights.get(name)!)).toBeGreaterThan(0);
  });

  test('what no source has is drawn by its rule', async () => {
    const { weights } = await start({ vision: OPENAI, text: BERT });
    const projection = weights.get('text_projection')!;
    const deviation = Math.sqrt(projection.reduce((sum, x) => sum + x * x, 0) / projection.length);
    expect(deviation).toBeGreaterThan(0.2);
    expect(deviation).toBeLessThan(0.3);
  });

  test.each([
    ['ViT-micro-40.json', '5x5', 5],
    ['ViT-micro-16.json', '2x2', 2],
  ] as const)('a picture of another size, %s, has its positions resized', async (vision, name, side) => {
    const { weights, report } = await start({ vision: OPENAI, config: configOf(vision) });
    const reference = toFloat32(expected.get(`resized.${name}.visual.positional_embedding`)!);
    expect(largestDifference(weights.get('visual.positional_embedding')!, reference)).toBeLessThan(1e-5);
    expect(report.resized).toEqual({ from: 3, to: side });
  });
});

describe('other sources', () => {
  test('a BERT without heads, in a folder of safetensors', async () => {
    const stored = await readTorch(BERT);
    const alone = new Map(
      [...stored]
        .filter(([name]) => name.startsWith('bert.'))
        .map(([name, tensor]) => [name.slice('bert.'.length), tensor]),
    );
    await mkdir(file('alone'));
    await writeSafetensors(file('alone/model.safetensors'), alone);
    const { weights, report } = await start({ text: file('alone') });
    expectMerged(weights, 'bert');
    expect(report.text!.unused).toEqual([
      'pooler.dense.weight',
      'pooler.dense.bias',
      'embeddings.position_ids',
    ]);
  });

  test('a Chinese-CLIP, by cn_clip and by Hugging Face, gives either tower', async () => {
    const tiny = parseCnClipConfig(
      {
        ...JSON.parse(readFileSync(file('tiny-cn/ViT-tiny.json'), 'utf8')),
        ...JSON.parse(readFileSync(file('tiny-cn/BERT-tiny-chinese.json'), 'utf8')),
      },
      'tiny',
    );
    const path = file('tiny-cn/clip_cn_tiny.pt');
    const whole = await start({ vision: path, text: path, config: tiny });
    expect(whole.report.missing).toEqual(['text_projection']);
    const hf = await start({ vision: file('tiny-hf-1k'), config: tiny });
    for (const name of hf.report.vision!.taken)
      expect(largestDifference(hf.weights.get(name)!, whole.weights.get(name)!), name).toBe(0);
    expect(hf.report.vision!.taken).toEqual(whole.report.vision!.taken);
    expect(hf.report.missing.every((name) => name === 'text_projection' || name.startsWith('bert.'))).toBe(
      true,
    );
  });

  test('a BERT with more layers than the model leaves some over; with fewer, the rest is drawn', async () => {
    const short = { ...config, text: { ...config.text, layers: 1 } };
    const long = { ...config, text: { ...config.text, layers: 3 } };
    const { report: over } = await start({ text: BERT, config: short });
    expect(over.text!.unused.filter((name) => name.startsWith('bert.encoder.layer.1.'))).toHaveLength(16);
    const { report: under, weights } = await start({ text: BERT, config: long });
    expect(under.missing.filter((name) => name.startsWith('bert.encoder.layer.2.'))).toHaveLength(16);
    expect(weights.get('bert.encoder.layer.2.output.dense.weight')!.some((x) => x !== 0)).toBe(true);
  });
});

describe('is refused', () => {
  test.each([
    ['a BERT for the image tower', { vision: BERT }],
    ['an English CLIP for the text tower', { text: OPENAI }],
  ])('%s', async (_, options) => {
    await expect(start(options)).rejects.toMatchObject({ code: 'TUWEN_LAYOUT_UNKNOWN' });
  });

  test('a tower of another width', async () => {
    const wide = publishedConfig('ViT-B-16');
    await expect(start({ vision: OPENAI, config: { ...wide, text: config.text } })).rejects.toMatchObject({
      code: 'TUWEN_CHECKPOINT_MISMATCH',
      value: { path: OPENAI, missing: [], unexpected: [] },
    });
  });

  test('a folder with several files of weights', async () => {
    await mkdir(file('two'));
    for (const name of ['a.pt', 'b.pt']) await writeFile(file(`two/${name}`), '');
    await expect(start({ text: file('two') })).rejects.toMatchObject({
      code: 'TUWEN_LAYOUT_UNKNOWN',
      value: { path: file('two'), found: ['a.pt', 'b.pt'] },
    });
  });
});
