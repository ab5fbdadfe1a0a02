import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromFloat32, readSafetensors, toFloat32 } from '../weights/index.ts';
import {
  type Clip,
  type ImageInput,
  loadClip,
  loadImage,
  pipeline,
  readModel,
  Tasks,
  writeTuwen,
} from './index.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../test/fixtures/${path}`, import.meta.url));
const picture = (name: string) => fixture(`pixels/sources/${name}`);
const pictures = JSON.parse(await readFile(fixture('tiny-hf/pictures.json'), 'utf8')) as Record<
  string,
  number[]
>;
const texts = (JSON.parse(await readFile(fixture('tiny-hf/texts.json'), 'utf8')) as { full: string[] }).full;
const expected = await readSafetensors(fixture('tiny-hf/expected.safetensors'));

let clip: Clip;
beforeAll(async () => {
  clip = await loadClip(fixture('tiny-hf'));
});
afterAll(() => clip.close());

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

describe('vectors', () => {
  test('pictures have the vectors that transformers computes from the same files', async () => {
    const names = Object.keys(pictures);
    const vectors = await clip.embedImages(names.map(picture));
    expect(vectors.count).toBe(names.length);
    names.forEach((name, i) => {
      expect(largestDifference(vectors.at(i), pictures[name]!), name).toBeLessThan(1e-5);
    });
  });

  test('texts have the vectors that transformers computes', async () => {
    const vectors = await clip.embedTexts(texts);
    expect(largestDifference(vectors.data, toFloat32(expected.get('text.features_norm')!))).toBeLessThan(
      1e-5,
    );
  });

  test('without normalising, the features themselves', async () => {
    const vectors = await clip.embedTexts(texts, { normalize: false });
    expect(largestDifference(vectors.data, toFloat32(expected.get('text.features')!))).toBeLessThan(1e-4);
  });

  test('the size of a batch and the neighbours in it change nothing', async () => {
    const mixed = ['猫', texts.join('，'), '一只熊猫在吃竹子', '', '龙'];
    const together = await clip.embedTexts(mixed, { batchSize: 5 });
    const alone = await clip.embedTexts(mixed, { batchSize: 1 });
    expect(largestDifference(together.data, alone.data)).toBeLessThan(1e-6);
    const names = ['jpeg-420.jpg', 'png-rgba8.png', 'size-1x1.png'].map(picture);
    const pair = await clip.embedImages(names, { batchSize: 2 });
    const single = await clip.embedImages(names, { batchSize: 1 });
    expect(largestDifference(pair.data, single.data)).toBeLessThan(1e-6);
  });

  test('an async iterable gives an async iterable, one vector an item', async () => {
    async function* stream(): AsyncGenerator<ImageInput> {
      for (const name of Object.keys(pictures)) yield picture(name);
    }
    const streamed: Float32Array[] = [];
    for await (const vector of clip.embedImages(stream(), { batchSize: 4 })) streamed.push(vector);
    const listed = await clip.embedImages(Object.keys(pictures).map(picture));
    expect(streamed).toHaveLength(listed.count);
    streamed.forEach((vector, i) => {
      expect(largestDifference(vector, listed.at(i))).toBeLessThan(1e-6);
    });
  });

  test('a vector does not wait for the next item of a stream', async () => {
    const received: Float32Array[] = [];
    async function* onDemand(): AsyncGenerator<string> {
      for (const [i, text] of ['猫', '狗', '龙'].entries()) {
        while (received.length < i) await new Promise((resolve) => setTimeout(resolve, 1));
        yield text;
      }
    }
    for await (const vector of clip.embedTexts(onDemand(), { batchSize: 1 })) received.push(vector);
    expect(received).toHaveLength(3);
    async function* pictures(): AsyncGenerator<ImageInput> {
      for (let i = 0; i < 3; i++) {
        while (received.length < 3 + i) await new Promise((resolve) => setTimeout(resolve, 1));
        yield picture('jpeg-420.jpg');
      }
    }
    for await (const vector of clip.embedImages(pictures(), { batchSize: 1 })) received.push(vector);
    expect(received).toHaveLength(6);
  });

  test('a stream is read no further than a few batches ahead', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        read += 1;
        yield `第${read}句`;
      }
    }
    let taken = 0;
    for await (const _ of clip.embedTexts(endless(), { batchSize: 4 })) {
      taken += 1;
      if (taken === 10) break;
    }
    expect(read).toBeLessThanOrEqual(20);
  });

  test('a picture may be a path, a URL, bytes, a Blob or raw pixels', async () => {
    const path = picture('png-rgb8.png');
    const bytes = await readFile(path);
    const raw = await loadImage(path);
    const inputs: ImageInput[] = [path, new URL(`file://${path}`), bytes, new Blob([bytes]), raw];
    const vectors = await clip.embedImages(inputs);
    for (const vector of vectors) expect(largestDifference(vector, vectors.at(0))).toBe(0);
  });

  test('progress ends at the total', async () => {
    const reports: [number, number | undefined][] = [];
    await clip.embedTexts(texts, {
      batchSize: 2,
      onProgress: ({ done, total }) => reports.push([done, total]),
    });
    expect(reports.at(-1)).toEqual([texts.length, texts.length]);
  });

  test('no texts and no pictures give no vectors', async () => {
    expect((await clip.embedTexts([])).count).toBe(0);
    expect((await clip.embedImages([])).count).toBe(0);
  });
});

describe('match and classify', () => {
  test('probabilities are softmax(exp(logit_scale) · cosine), in the order given', async () => {
    const names = ['一只猫', '一只狗', '红包'];
    const matches = await clip.match(picture('jpeg-420.jpg'), names);
    expect(matches.map(({ text }) => text)).toEqual(names);
    const weights = matches.map(({ cosine }) => Math.exp(clip.info.logitScale * cosine));
    const total = weights.reduce((a, b) => a + b, 0);
    matches.forEach(({ probability }, i) => {
      expect(probability).toBeCloseTo(weights[i]! / total, 10);
    });
    const image = await clip.embedImages(picture('jpeg-420.jpg'));
    const cosines = image.similarity(await clip.embedTexts(names));
    matches.forEach(({ cosine }, i) => {
      expect(cosine).toBeCloseTo(cosines[i]!, 6);
    });
  });

  test('labels come best first, and a class vector is the mean over the templates', async () => {
    const labels = ['猫', '狗', '龙'];
    const templates = ['{}', '一张{}的照片'];
    const ranked = await clip.classify(picture('jpeg-420.jpg'), labels, { templates });
    expect(ranked.map(({ probability }) => probability)).toEqual(
      ranked.map(({ probability }) => probability).sort((a, b) => b - a),
    );
    const image = (await clip.embedImages(picture('jpeg-420.jpg'))).at(0);
    const logits: number[] = [];
    for (const label of labels) {
      const [plain, photo] = [...(await clip.embedTexts([label, `一张${label}的照片`]))] as [
        Float32Array,
        Float32Array,
      ];
      const mean = plain.map((value, i) => value + photo[i]!);
      const length = Math.hypot(...mean);
      logits.push(
        clip.info.logitScale * mean.reduce((sum, value, i) => sum + (value / length) * image[i]!, 0),
      );
    }
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    for (const { label, probability } of ranked) {
      expect(probability).toBeCloseTo(Math.exp(logits[labels.indexOf(label)]!) / total, 5);
    }
  });

  test('a list of pictures gives a list of rankings, cut to the top', async () => {
    const rankings = await clip.classify(
      [picture('jpeg-420.jpg'), picture('png-rgb8.png')],
      ['猫', '狗', '龙'],
      { top: 2 },
    );
    expect(rankings.map((ranking) => ranking.length)).toEqual([2, 2]);
  });
});

describe('what can go wrong', () => {
  test('an unreadable picture in a list is named with its place', async () => {
    const images = [...Object.keys(pictures).map(picture), picture('jpeg-420.jpg'), picture('nothing.jpg')];
    await expect(clip.embedImages(images, { batchSize: 2 })).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_MISSING',
      value: { index: images.length - 1 },
    });
    await expect(clip.embedImages(picture('jpeg-truncated.jpg'))).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_UNREADABLE',
    });
  });

  test('a file URL of another machine, and a folder, are refused by name', async () => {
    await expect(clip.embedImages([new URL('file://elsewhere/a.png')])).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_INPUT',
      value: { index: 0 },
    });
    await expect(clip.embedImages(fixture('tiny-hf'))).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_UNREADABLE',
    });
  });

  test('classifying can be called off while the labels are being read', async () => {
    const abort = new AbortController();
    const labels = Array.from({ length: 3000 }, (_, i) => `第${i}类`);
    const running = clip.classify(picture('jpeg-420.jpg'), labels, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await expect(running).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  });

  test('wrong arguments are named', async () => {
    const image = picture('jpeg-420.jpg');
    const bad = { code: 'TUWEN_BAD_ARGUMENT' };
    await expect(clip.match(image, [])).rejects.toMatchObject({ ...bad, value: { name: 'texts' } });
    await expect(clip.classify(image, [])).rejects.toMatchObject({ ...bad, value: { name: 'labels' } });
    await expect(clip.embedTexts(['猫'], { batchSize: 0 })).rejects.toMatchObject({
      ...bad,
      value: { name: 'batchSize' },
    });
    await expect(clip.embedTexts([7 as never])).rejects.toMatchObject(bad);
    await expect(clip.classify(image, ['猫'], { top: -1 })).rejects.toMatchObject({
      ...bad,
      value: { name: 'top' },
    });
    await expect(loadClip(fixture('tiny-hf'), { tokenizerRule: 'bpe' as never })).rejects.toMatchObject(bad);
    await expect(loadClip(fixture('tiny-hf'), { threads: 0 })).rejects.toMatchObject(bad);
    await expect(loadClip(fixture('tiny-hf'), { contextLength: 513 })).rejects.toMatchObject(bad);
    await expect(loadClip('no-such-model')).rejects.toMatchObject({ code: 'TUWEN_MODEL_UNKNOWN' });
  });

  test('a call can be called off', async () => {
    const abort = new AbortController();
    const many = Array.from({ length: 2000 }, (_, i) => `第${i}句话`);
    const running = clip.embedTexts(many, {
      batchSize: 1,
      signal: abort.signal,
      onProgress: ({ done }) => done > 5 && abort.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    expect((await clip.embedTexts('猫')).count).toBe(1);
  });

  test('a closed model refuses work', async () => {
    const other = await loadClip(fixture('tiny-hf'));
    await other.close();
    await other.close();
    await expect(other.embedTexts('猫')).rejects.toMatchObject({ code: 'TUWEN_CLOSED' });
  });
});

test('a model folder of links, as hubs cache it, loads', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'tuwen-cache-'));
  try {
    await mkdir(join(cache, 'blobs'));
    await mkdir(join(cache, 'snapshot'));
    for (const name of ['config.json', 'preprocessor_config.json', 'vocab.txt', 'model.safetensors']) {
      await copyFile(fixture(`tiny-hf/${name}`), join(cache, 'blobs', `hash-of-${name}`));
      await symlink(join('..', 'blobs', `hash-of-${name}`), join(cache, 'snapshot', name));
    }
    await using linked = await loadClip(join(cache, 'snapshot'));
    const vectors = await linked.embedTexts(texts);
    expect(largestDifference(vectors.data, toFloat32(expected.get('text.features_norm')!))).toBeLessThan(
      1e-5,
    );
  } finally {
    await rm(cache, { recursive: true });
  }
});

test('two models side by side give their own results', async () => {
  await using resnet = await loadClip(fixture('tiny-rn'));
  const [own, other] = await Promise.all([clip.embedTexts(texts), resnet.embedTexts(['猫'])]);
  expect(largestDifference(own.data, toFloat32(expected.get('text.features_norm')!))).toBeLessThan(1e-5);
  expect(other.dim).toBe(resnet.info.dim);
});

test('a longer context reads further', async () => {
  const long = '熊猫'.repeat(60);
  await using wide = await loadClip(fixture('tiny-hf'), { contextLength: 130 });
  const cut = await clip.embedTexts(['熊猫'.repeat(25), long]);
  expect(largestDifference(cut.at(0), cut.at(1))).toBeLessThan(1e-6);
  const read = await wide.embedTexts(['熊猫'.repeat(25), long]);
  expect(largestDifference(read.at(0), read.at(1))).toBeGreaterThan(1e-4);
});

describe("ModelScope's pipeline", () => {
  test('takes decoded pictures and texts, gives unit vectors and null for what is absent', async () => {
    await using embed = await pipeline(Tasks.multi_modal_embedding, { model: fixture('tiny-hf') });
    expect(embed.model.temperature).toBeCloseTo(Math.exp(-3), 7);
    const image = await loadImage(picture('jpeg-exif-6.jpg'));
    const { img_embedding, text_embedding } = await embed.forward({ img: [image, image] });
    expect(text_embedding).toBeNull();
    expect(img_embedding!.count).toBe(2);
    expect(largestDifference(img_embedding!.at(0), pictures['jpeg-exif-6.jpg']!)).toBeLessThan(1e-5);
    const one = await embed.forward({ text: texts[0]! });
    expect(one.img_embedding).toBeNull();
    expect(Math.hypot(...one.text_embedding!.at(0))).toBeCloseTo(1, 6);
  });

  test('refuses what ModelScope refuses', async () => {
    await using embed = await pipeline(Tasks.multi_modal_embedding, { model: fixture('tiny-hf') });
    await expect(embed.forward({ img: picture('jpeg-420.jpg') as never })).rejects.toMatchObject({
      value: { name: 'img' },
    });
    await expect(embed.forward({ img: [undefined as never] })).rejects.toMatchObject({
      value: { name: 'img' },
    });
    await expect(embed.forward({ text: 3 as never })).rejects.toMatchObject({ value: { name: 'text' } });
    await expect(pipeline('image-captioning' as never)).rejects.toMatchObject({ value: { name: 'task' } });
  });
});

describe('int8', () => {
  test.each(['tiny-hf', 'tiny-rn'])('%s: vectors point almost where those of fp32 do', async (folder) => {
    await using exact = await loadClip(fixture(folder));
    await using rounded = await loadClip(fixture(folder), { precision: 'int8' });
    expect(rounded.info.precision).toBe('int8');
    const names = ['jpeg-420.jpg', 'png-rgb8.png', 'size-48x48.png'].map(picture);
    for (const embed of [
      (clip: Clip) => clip.embedImages(names),
      (clip: Clip) => clip.embedTexts(['一只熊猫在吃竹子', '猫', '过年喜庆对联']),
    ]) {
      const [own, other] = await Promise.all([embed(exact), embed(rounded)]);
      for (let i = 0; i < own.count; i++) {
        const cosine = own.at(i).reduce((sum, value, k) => sum + value * other.at(i)[k]!, 0);
        expect(cosine).toBeGreaterThan(0.995);
      }
      expect(largestDifference(own.data, other.data)).toBeGreaterThan(1e-6);
    }
  });

  test('a precision that is not there is refused by name', async () => {
    await expect(loadClip(fixture('tiny-hf'), { precision: 'int2' as never })).rejects.toMatchObject({
      code: 'TUWEN_BAD_ARGUMENT',
      value: { name: 'precision', got: 'int2' },
    });
  });
});

describe.each(['tiny-hf', 'tiny-rn'])('%s in less memory', (folder) => {
  const names = ['jpeg-420.jpg', 'png-rgb8.png', 'size-48x48.png'].map(picture);
  const vectorsOf = async (clip: Clip) => [
    ...(await clip.embedImages(names)).data,
    ...(await clip.embedTexts(['一只熊猫在吃竹子', '猫', '过年喜庆对联'])).data,
  ];

  test('without the second copy of the matrices, the vectors are the same', async () => {
    await using usual = await loadClip(fixture(folder));
    await using small = await loadClip(fixture(folder), { memory: 'small' });
    expect(largestDifference(await vectorsOf(small), await vectorsOf(usual))).toBeLessThan(1e-6);
  });

  test('fp16: the vectors are those of matrices rounded to half precision', async () => {
    await using half = await loadClip(fixture(folder), { precision: 'fp16' });
    expect(half.info.precision).toBe('fp16');
    const copy = await mkdtemp(join(tmpdir(), 'tuwen-half-'));
    const { config, weights, vocabulary } = await readModel(fixture(folder));
    const rounded = Array.from(weights, ([name, tensor]) => {
      if (tensor.shape.length < 2) return [name, tensor] as const;
      return [name, fromFloat32(toFloat32(tensor), tensor.shape, 'F16')] as const;
    });
    const model = { config, weights: new Map(rounded), vocabulary };
    await writeTuwen(copy, model, { dtype: 'F32' });
    await using expected = await loadClip(copy);
    expect(largestDifference(await vectorsOf(half), await vectorsOf(expected))).toBeLessThan(1e-6);
    await rm(copy, { recursive: true });
  });

  test('another word is refused', async () => {
    await expect(loadClip(fixture(folder), { memory: 'tiny' as never })).rejects.toMatchObject({
      value: { name: 'memory', got: 'tiny' },
    });
  });
});
