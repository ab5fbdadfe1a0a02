/** English CLIP, from OpenAI's and Hugging Face's files to vectors, held to what their own code computes. */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/support/fixtures.ts';
import { largestDifference } from '../../test/support/numbers.ts';
import { readSafetensors, type StateDict, toFloat32, writeSafetensors } from '../weights/index.ts';
import { readModel, writeTuwen } from './layouts/index.ts';
import { inferOpenaiConfig } from './layouts/openai.ts';
import { type LoadOptions, loadClip } from './load.ts';
import { parameterCount, stateEntries } from './parameters.ts';
import { OPENAI_NAMES, openaiConfig } from './published-openai.ts';
import { isRounded } from './rounding.ts';
import { ENGLISH_TEMPLATES, fillTemplate } from './templates.ts';

/** Of unit vectors. */
const TOLERANCE = 1e-5;

const folder = mkdtempSync(join(tmpdir(), 'tuwen-english-'));
afterAll(() => rmSync(folder, { recursive: true }));

const meta: { pictures: string[]; texts: string[] } = JSON.parse(
  readFileSync(fixture('english/meta.json'), 'utf8'),
);
const pictures = meta.pictures.map((name) =>
  fileURLToPath(new URL(`../../test/fixtures/pixels/sources/${name}`, import.meta.url)),
);
let expected: StateDict;
beforeAll(async () => {
  expected = await readSafetensors(fixture('english/expected.safetensors'));
});

function unit(name: string): Float32Array {
  const values = toFloat32(expected.get(name)!);
  const width = expected.get(name)!.shape[1]!;
  return values.map(
    (value, i) => value / Math.hypot(...values.subarray(i - (i % width), i - (i % width) + width)),
  );
}

async function expectReference(path: string, name: string, options: LoadOptions = {}): Promise<void> {
  await using clip = await loadClip(path, { threads: 1, ...options });
  const images = await clip.embedImages(pictures, { orient: false, batchSize: 4 });
  expect(largestDifference(images.data, unit(`${name}.image`))).toBeLessThan(TOLERANCE);
  const texts = await clip.embedTexts(meta.texts, { batchSize: 4 });
  expect(largestDifference(texts.data, unit(`${name}.text`))).toBeLessThan(TOLERANCE);
}

describe('vectors are those of the reference', () => {
  test('a TorchScript archive', () => expectReference(fixture('english/vit.jit.pt'), 'vit'));
  test('a state dict of a ResNet', () => expectReference(fixture('english/rn.pt'), 'rn'));
  test("Hugging Face's folder", () => expectReference(fixture('english/hf'), 'hf', { tokenizerRule: 'hf' }));

  test("OpenAI's packed merges beside a safetensors file with OpenAI's names", async () => {
    const { weights } = await readModel(fixture('english/vit.jit.pt'));
    await writeSafetensors(join(folder, 'model.safetensors'), weights);
    copyFileSync(
      fixture('english/bpe_simple_vocab_16e6.txt.gz'),
      join(folder, 'bpe_simple_vocab_16e6.txt.gz'),
    );
    await expectReference(join(folder, 'model.safetensors'), 'vit');
  });

  test.each([
    ['vit.jit.pt', 'vit'],
    ['rn.pt', 'rn'],
  ])('%s written in our layout', async (file, name) => {
    const model = await readModel(fixture(`english/${file}`));
    const own = join(folder, `own-${name}`);
    await writeTuwen(own, model, { dtype: 'F32' });
    expect((await readModel(own)).config).toEqual(model.config);
    expect((await readModel(own)).vocabulary).toBe(model.vocabulary);
    await expectReference(own, name);
  });
});

describe('a loaded model', () => {
  test('says what it is', async () => {
    await using clip = await loadClip(fixture('english/vit.jit.pt'), { threads: 1 });
    expect(clip.info).toMatchObject({
      layout: 'openai',
      language: 'en',
      dim: 24,
      contextLength: 24,
      imageSize: 32,
      logitScale: Math.exp(Math.fround(Math.log(1 / 0.07))),
    });
  });

  test('matches with the probabilities of the reference', async () => {
    await using clip = await loadClip(fixture('english/vit.jit.pt'), { threads: 1 });
    const logits = toFloat32(expected.get('vit.logits_per_image')!).subarray(0, meta.texts.length);
    const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
    const total = powers.reduce((a, b) => a + b, 0);
    const matches = await clip.match(pictures[0]!, meta.texts);
    matches.forEach(({ probability }, i) => {
      expect(probability).toBeCloseTo(powers[i]! / total, 4);
    });
  });

  test('classifies by English sentences', async () => {
    await using clip = await loadClip(fixture('english/vit.jit.pt'), { threads: 1 });
    const labels = ['cat', 'dog', 'hat'];
    const byDefault = await clip.classify(pictures[2]!, labels);
    expect(byDefault).toEqual(await clip.classify(pictures[2]!, labels, { templates: ENGLISH_TEMPLATES }));
    expect(byDefault).not.toEqual(await clip.classify(pictures[2]!, labels, { templates: ['{}'] }));
    expect(ENGLISH_TEMPLATES.map((template) => fillTemplate(template, 'cat'))).toContain('a photo of cat.');
  });

  test('in 8 bits points nearly the same way', async () => {
    await using clip = await loadClip(fixture('english/hf'), {
      threads: 1,
      precision: 'int8',
      tokenizerRule: 'hf',
    });
    const reference = unit('hf.text');
    const texts = await clip.embedTexts(meta.texts);
    texts.data.forEach((_, i) => {
      if (i % 24 > 0) return;
      const cosine = texts.data.subarray(i, i + 24).reduce((sum, x, k) => sum + x * reference[i + k]!, 0);
      expect(cosine).toBeGreaterThan(0.99);
      expect(cosine).toBeLessThan(1 - 1e-9);
    });
  });

  test('cuts a text where its context ends, and keeps the end token', async () => {
    await using clip = await loadClip(fixture('english/vit.jit.pt'), { threads: 1 });
    const [long, longer, other] = await clip.embedTexts(['the '.repeat(22), 'the '.repeat(90), 'the an']);
    expect(largestDifference(long!, longer!)).toBeLessThan(1e-6);
    expect(largestDifference(long!, other!)).toBeGreaterThan(0.01);
  });
});

describe('sizes', () => {
  test.each(OPENAI_NAMES)('%s is told from its shapes', (name) => {
    const config = openaiConfig(name);
    const tensors = new Map(
      stateEntries(config).map(({ name, shape }) => [name, { dtype: 'F16', shape }] as const),
    );
    expect(inferOpenaiConfig(tensors, 'a.pt')).toEqual(config);
  });

  // Of the published checkpoints, in full: Radford et al. 2021 (arXiv 2103.00020), tables 19 and 20, give the sizes.
  test.each([
    ['clip-RN50', 102_007_137],
    ['clip-ViT-B-32', 151_277_313],
    ['clip-ViT-B-16', 149_620_737],
    ['clip-ViT-L-14', 427_616_513],
    ['clip-ViT-L-14-336', 427_944_193],
  ] as const)('%s has %i parameters', (name, count) => {
    expect(parameterCount(openaiConfig(name))).toBe(count);
  });

  test('rounding leaves what OpenAI keeps in full', async () => {
    const { weights } = await readModel(fixture('english/vit.jit.pt'));
    for (const [name, { dtype }] of weights) expect(dtype, name).toBe(isRounded(name) ? 'F16' : 'F32');
  });
});

describe('a vocabulary that does not fit is an error', () => {
  const copied = (name: string) => {
    const copy = join(folder, name);
    cpSync(fixture('english/hf'), copy, { recursive: true });
    return copy;
  };

  test('none beside a model of another size than OpenAI published', async () => {
    const file = join(mkdtempSync(join(folder, 'alone-')), 'vit.jit.pt');
    copyFileSync(fixture('english/vit.jit.pt'), file);
    await expect(readModel(file)).rejects.toMatchObject({
      code: 'TUWEN_VOCABULARY_MISSING',
      value: { path: file, file: 'merges.txt', words: 614 },
    });
  });

  test('too few merges', async () => {
    const copy = copied('few');
    writeFileSync(join(copy, 'merges.txt'), '#version: 0.2\ni n\nt h\n');
    await expect(readModel(copy)).rejects.toMatchObject({ code: 'TUWEN_VOCABULARY_INVALID' });
  });

  test('a vocab.json with other ids', async () => {
    const copy = copied('other-ids');
    const ids = JSON.parse(readFileSync(join(copy, 'vocab.json'), 'utf8'));
    writeFileSync(join(copy, 'vocab.json'), JSON.stringify({ ...ids, in: 513, th: 512 }));
    await expect(readModel(copy)).rejects.toMatchObject({ code: 'TUWEN_VOCABULARY_INVALID' });
  });

  test('a packed file that is none', async () => {
    const inner = mkdtempSync(join(folder, 'packed-'));
    copyFileSync(fixture('english/vit.jit.pt'), join(inner, 'vit.pt'));
    writeFileSync(join(inner, 'bpe_simple_vocab_16e6.txt.gz'), 'no gzip');
    await expect(readModel(inner)).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
  });
});

test('what OpenAI does not do is refused', async () => {
  const copy = join(folder, 'gelu');
  cpSync(fixture('english/hf'), copy, { recursive: true });
  const config = JSON.parse(readFileSync(join(copy, 'config.json'), 'utf8'));
  config.text_config.hidden_act = 'gelu';
  writeFileSync(join(copy, 'config.json'), JSON.stringify(config));
  await expect(readModel(copy)).rejects.toMatchObject({
    code: 'TUWEN_CONFIG_UNSUPPORTED',
    value: { key: 'text_config.hidden_act', got: 'gelu' },
  });
});
