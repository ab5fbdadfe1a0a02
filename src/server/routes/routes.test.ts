import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, miniModel, post, serve } from '../../../test/support/server.ts';
import type { Clip } from '../../clip/index.ts';
import type { Server } from '../index.ts';

const picturePath = (name: string) =>
  fileURLToPath(new URL(`../../../examples/pictures/${name}.png`, import.meta.url));
const encoded = async (name: string) => (await readFile(picturePath(name))).toString('base64');

let clip: Clip;
let server: Server;
beforeAll(async () => {
  clip = await miniModel();
  server = await serve(clip);
});
afterAll(async () => {
  await server.close();
  await clip.close();
});

test('/v1/match gives what clip.match gives', async () => {
  const texts = ['西瓜', '自行车', '西瓜'];
  const { status, body } = await post(server, '/v1/match', { image: await encoded('西瓜'), texts });
  const direct = await clip.match(picturePath('西瓜'), texts);
  expect(status).toBe(200);
  expect(body.model).toBe('mini');
  expect(body.matches.map(({ text }: { text: string }) => text)).toEqual(texts);
  direct.forEach(({ probability, cosine }, i) => {
    expect(body.matches[i].cosine).toBeCloseTo(cosine, 6);
    expect(body.matches[i].probability).toBeCloseTo(probability, 4);
  });
  const none = await post(server, '/v1/match', { image: await encoded('西瓜'), texts: [] });
  expect(none).toMatchObject({ status: 422, body: { error: { param: 'texts' } } });
});

describe('/v1/classify', () => {
  const labels = ['自行车', '西瓜', '雪山'];

  test('gives what clip.classify gives, as Jina has it', async () => {
    const names = ['西瓜', '雪山'];
    const input = await Promise.all(names.map(async (name) => ({ image: await encoded(name) })));
    const { body } = await post(server, '/v1/classify', { model: 'mini', input, labels });
    const direct = await clip.classify(names.map(picturePath), labels);
    direct.forEach((ranking, i) => {
      const { object, index, prediction, score, predictions } = body.data[i];
      expect({ object, index, prediction }).toEqual({
        object: 'classification',
        index: i,
        prediction: names[i],
      });
      expect(score).toBe(predictions[0].score);
      expect(predictions.map(({ label }: { label: string }) => label)).toEqual(
        ranking.map(({ label }) => label),
      );
      for (const [k, { probability }] of ranking.entries())
        expect(predictions[k].score).toBeCloseTo(probability, 4);
    });
  });

  test('takes templates by either name, and cuts to the top', async () => {
    const image = await encoded('西瓜');
    const [direct] = await clip.classify([picturePath('西瓜')], labels, {
      templates: ['一幅{}的画'],
      top: 2,
    });
    for (const words of [{ templates: ['一幅{}的画'] }, { hypothesis_template: '一幅{}的画' }]) {
      const { body } = await post(server, '/v1/classify', { input: { image }, labels, top: 2, ...words });
      expect(body.data[0].predictions).toHaveLength(2);
      expect(body.data[0].score).toBeCloseTo(direct![0]!.probability, 4);
    }
  });

  test.each([
    [{ input: ['x'], labels: [] }, 'labels'],
    [{ input: ['x'], labels: ['a'], templates: ['no place'] }, 'templates[0]'],
    [{ input: ['x'], labels: Array(300).fill('a') }, 'labels'],
    [{ labels: ['a'] }, 'input'],
  ])('%#: what is wrong is named', async (request, param) => {
    expect(await post(server, '/v1/classify', request)).toMatchObject({
      status: 422,
      body: { error: { param } },
    });
  });
});

describe('/v1/rerank', () => {
  test('orders texts and pictures by their cosine with the query', async () => {
    const documents = ['自行车', { text: '西瓜' }, { image: await encoded('西瓜') }];
    const query = { image: await encoded('西瓜') };
    const { body } = await post(server, '/v1/rerank', { model: 'mini', query, documents });
    const picture = await clip.embedImages(picturePath('西瓜'));
    const cosines = picture.similarity(await clip.embedTexts(['自行车', '西瓜']));
    expect(body.results.map(({ index }: { index: number }) => index)).toEqual([2, 1, 0]);
    expect(body.results[0].relevance_score).toBeCloseTo(1, 6);
    expect(body.results[1].relevance_score).toBeCloseTo(cosines[1]!, 6);
    expect(body.results[2].relevance_score).toBeCloseTo(cosines[0]!, 6);
    expect(body.results[0].document).toBeUndefined();
  });

  test('takes top_n, top_k and return_documents', async () => {
    const request = { query: '过年', documents: ['红包', { text: '西瓜' }] };
    for (const top of [{ top_n: 1 }, { top_k: 1 }]) {
      const { body } = await post(server, '/v1/rerank', { ...request, ...top, return_documents: true });
      expect(body.results).toHaveLength(1);
      const { index, document } = body.results[0];
      expect(document).toEqual({ text: ['红包', '西瓜'][index] });
    }
    const wrong = await post(server, '/v1/rerank', { query: { image: 'AAAA' }, documents: ['x'] });
    expect(wrong).toMatchObject({ status: 422, body: { error: { param: 'query.image' } } });
  });
});

test('/v1/models says what is served', async () => {
  const { body } = await get(server, '/v1/models');
  const { dim, contextLength, imageSize, precision, device } = clip.info;
  expect(body.data[0]).toMatchObject({
    id: 'mini',
    dimensions: dim,
    context_length: contextLength,
    image_size: imageSize,
    precision,
    device,
  });
});
