/** The exported folder in the real transformers.js, offline. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AutoModel, AutoProcessor, AutoTokenizer, env, RawImage } from '@huggingface/transformers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clip, exportModel, loadClip } from '../src/clip/index.ts';
import { fixture, readJsonFixture } from './support/fixtures.ts';
import { largestDifference } from './support/numbers.ts';

env.allowRemoteModels = false;

const MODELS = ['tiny-hf', 'tiny-rn'] as const;
/** Texts of the reference, but the one that is too long: transformers.js cuts the end token off. */
const texts = readJsonFixture<{ full: string[] }>('tiny-hf/texts.json').full.filter(
  ({ length }) => length < 50,
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-transformers-'));
  env.localModelPath = dirname(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** The output of a model as plain numbers. */
const numbersOf = (tensor: { data: unknown }) => tensor.data as Float32Array;

describe.each(MODELS)('%s', (model) => {
  const id = () => `${basename(folder)}/${model}`;
  let clip: Clip;
  beforeAll(async () => {
    await exportModel(fixture(model), join(folder, model), {
      format: 'transformers.js',
      precisions: ['fp32', 'fp16', 'int8', 'int4'],
    });
    clip = await loadClip(fixture(model), { threads: 1 });
  });
  afterAll(() => clip.close());

  /** Lossless pictures of the model's size: transformers.js resizes by another rule than Pillow's. */
  async function pictures(): Promise<Buffer[]> {
    const { imageSize } = clip.info;
    return Promise.all(
      ['jpeg-420.jpg', 'png-rgb8.png'].map((name) =>
        sharp(fixture(`pixels/sources/${name}`))
          .resize(imageSize, imageSize, { fit: 'fill' })
          .removeAlpha()
          .png()
          .toBuffer(),
      ),
    );
  }

  async function outputs(dtype: 'fp32' | 'fp16' | 'q8' | 'q4') {
    const [loaded, processor, tokenizer] = await Promise.all([
      AutoModel.from_pretrained(id(), { dtype }),
      AutoProcessor.from_pretrained(id(), {}),
      AutoTokenizer.from_pretrained(id()),
    ]);
    const images = await Promise.all(
      (await pictures()).map((png) => RawImage.fromBlob(new Blob([new Uint8Array(png)]))),
    );
    const inputs = tokenizer(texts, { padding: true, truncation: true });
    const result = await loaded({ ...inputs, ...(await processor(images)) });
    await loaded.dispose();
    return { name: loaded.constructor.name, result };
  }

  test('loads without a network and gives the vectors of loadClip', async () => {
    const { name, result } = await outputs('fp32');
    expect(name).toBe('ChineseCLIPModel');
    const [images, sentences] = await Promise.all([
      clip.embedImages(await pictures()),
      clip.embedTexts(texts),
    ]);
    expect(largestDifference(numbersOf(result.image_embeds), images.data)).toBeLessThan(1e-5);
    expect(largestDifference(numbersOf(result.text_embeds), sentences.data)).toBeLessThan(1e-5);
    const scores = images.similarity(sentences).map((cosine) => cosine * clip.info.logitScale);
    expect(largestDifference(numbersOf(result.logits_per_image), scores)).toBeLessThan(1e-3);
  });

  test.each(['fp16', 'q8', 'q4'] as const)('%s: is found by its name, and near', async (dtype) => {
    const { result } = await outputs(dtype);
    const sentences = await clip.embedTexts(texts);
    const got = numbersOf(result.text_embeds);
    for (let i = 0; i < sentences.count; i++) {
      const cosine = sentences.at(i).reduce((sum, value, k) => sum + value * got[i * sentences.dim + k]!, 0);
      expect(cosine).toBeGreaterThan({ fp16: 0.9999, q8: 0.99, q4: 0.8 }[dtype]);
    }
    expect(largestDifference(got, sentences.data)).toBeGreaterThan(1e-5);
  });
});

test('weights in files of their own load as well', async () => {
  await exportModel(fixture('tiny-hf'), join(folder, 'apart'), {
    format: 'transformers.js',
    externalData: true,
  });
  const config = JSON.parse(await readFile(join(folder, 'apart/config.json'), 'utf8'));
  expect(config['transformers.js_config']).toEqual({ use_external_data_format: { 'model.onnx': 1 } });
  const loaded = await AutoModel.from_pretrained(`${basename(folder)}/apart`, { dtype: 'fp32' });
  expect(loaded.constructor.name).toBe('ChineseCLIPModel');
  await loaded.dispose();
});

describe('the tokenizer', () => {
  interface Case {
    text: string;
    ids: number[];
    hfFast?: number[] | string;
    unassigned?: boolean;
  }
  /**
   * What transformers.js itself does otherwise: ideographs beyond the first plane, a mark that it counts as control, and
   * a sigma at the end of a word.
   */
  const OTHERWISE = /[\u{10000}-\u{10ffff}\u08e2Σ]/u;

  test('gives the ids of Hugging Face, where transformers.js does as the fast tokenizer', async () => {
    const tokenizer = await AutoTokenizer.from_pretrained(`${basename(folder)}/tiny-hf`);
    const lines = (await readFile(fixture('tokenizer/cases.jsonl'), 'utf8')).trim().split('\n');
    let compared = 0;
    for (const { text, ids, hfFast = ids, unassigned } of lines.map((line) => JSON.parse(line) as Case)) {
      if (unassigned || typeof hfFast === 'string' || hfFast.length === 52 || OTHERWISE.test(text)) continue;
      const got = tokenizer([text], { return_tensor: false }).input_ids[0];
      expect({ text, ids: got }).toEqual({ text, ids: hfFast });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(1900);
  });
});
