import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { miniModel, post, serve } from '../../../test/support/server.ts';
import type { Clip } from '../../clip/index.ts';
import type { Server } from '../index.ts';

const picturePath = (name: string) =>
  fileURLToPath(new URL(`../../../examples/pictures/${name}.png`, import.meta.url));
const encoded = async (name: string) => (await readFile(picturePath(name))).toString('base64');

let clip: Clip;
let server: Server;
beforeAll(async () => {
  clip = await miniModel();
  server = await serve(clip, { aliases: ['text-embedding-3-small'] });
});
afterAll(async () => {
  await server.close();
  await clip.close();
});

/** Neighbours in a batch move a vector by rounding only. */
function expectSame(got: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) expect(Math.abs(got[i]! - wanted[i]!)).toBeLessThan(1e-6);
}

describe("OpenAI's own client", () => {
  const client = () => new OpenAI({ baseURL: `${server.address}/v1`, apiKey: 'none', maxRetries: 0 });

  test('reads the vectors of texts in their order, in base64, which it asks for by itself', async () => {
    const input = ['西瓜', '一条很长很长的关于下雪的山和蓝天的句子', '', '红包'];
    const answer = await client().embeddings.create({ model: 'mini', input });
    const direct = await clip.embedTexts(input);
    expect(answer.data.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    answer.data.forEach(({ embedding }, i) => {
      expectSame(embedding, direct.at(i));
    });
    // [CLS] and [SEP] are counted, as the model sees them.
    const tokens = input.reduce((sum, text) => sum + clip.countTokens(text), 0);
    expect(answer.usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
    expect(answer).toMatchObject({ object: 'list', model: 'mini' });
  });

  test('reads numbers where it asks for them', async () => {
    const answer = await client().embeddings.create({
      model: 'mini',
      input: '西瓜',
      encoding_format: 'float',
      dimensions: clip.info.dim,
    });
    expectSame(answer.data[0]!.embedding, (await clip.embedTexts('西瓜')).at(0));
  });

  test('reads the errors', async () => {
    const { embeddings } = client();
    const failed = (request: Promise<unknown>) =>
      request.then(
        () => expect.unreachable(),
        (error: unknown) => error,
      );
    const unknown = await failed(embeddings.create({ model: 'gpt-9', input: 'x' }));
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError);
    expect(unknown).toMatchObject({
      status: 404,
      code: 'TUWEN_MODEL_NOT_SERVED',
      type: 'invalid_request_error',
    });
    const shortened = await failed(embeddings.create({ model: 'mini', input: 'x', dimensions: 8 }));
    expect(shortened).toBeInstanceOf(OpenAI.UnprocessableEntityError);
    expect(shortened).toMatchObject({ param: 'dimensions', code: 'TUWEN_REQUEST_INVALID' });
    const tokens = await failed(embeddings.create({ model: 'mini', input: [[1, 2], [3]] }));
    expect(tokens).toMatchObject({ status: 422, param: 'input[0]' });
  });

  test('lists and retrieves models, by each of their names', async () => {
    const { data } = await client().models.list();
    expect(data.map(({ id }) => id)).toEqual(['mini', 'text-embedding-3-small']);
    expect(await client().models.retrieve('mini')).toMatchObject({
      id: 'mini',
      object: 'model',
      dimensions: 256,
    });
    await expect(client().models.retrieve('gpt-9')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const { model } = await client().embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
    expect(model).toBe('text-embedding-3-small');
  });
});

describe('/v1/embeddings', () => {
  test('takes texts and pictures in any mixture, as Jina has them, and keeps their order', async () => {
    const [melon, bike] = [await encoded('西瓜'), await encoded('自行车')];
    const input = [
      { image: melon },
      '西瓜',
      { image: `data:image/png;base64,${bike}` },
      { text: '自行车' },
      { image: melon.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') },
    ];
    const { status, body } = await post(server, '/v1/embeddings', {
      model: 'mini',
      input,
      task: 'retrieval.query',
    });
    expect(status).toBe(200);
    const pictures = await clip.embedImages(['西瓜', '自行车'].map(picturePath));
    const texts = await clip.embedTexts(['西瓜', '自行车']);
    const direct = [pictures.at(0), texts.at(0), pictures.at(1), texts.at(1), pictures.at(0)];
    expect(body.data.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3, 4]);
    direct.forEach((vector, i) => {
      expectSame(body.data[i].embedding, vector);
    });
  });

  test("takes infinity's modality", async () => {
    const image = `data:image/png;base64,${await encoded('西瓜')}`;
    const picture = (await clip.embedImages(picturePath('西瓜'))).at(0);
    for (const input of [image, [image]]) {
      const { body } = await post(server, '/v1/embeddings', {
        model: 'default/not-specified',
        input,
        modality: 'image',
        dimensions: 0,
      });
      expectSame(body.data[0].embedding, picture);
      expect(body).toMatchObject({ id: expect.any(String), created: expect.any(Number) });
    }
    const wrong = await post(server, '/v1/embeddings', { input: ['一只猫'], modality: 'image' });
    expect(wrong).toMatchObject({
      status: 422,
      body: { error: { param: 'input[0]', code: 'TUWEN_IMAGE_INPUT' } },
    });
    expect(await post(server, '/v1/embeddings', { input: ['x'], modality: 'audio' })).toMatchObject({
      status: 422,
      body: { error: { param: 'modality' } },
    });
  });

  test('base64 is the little-endian float32 numbers', async () => {
    const direct = (await clip.embedTexts('红包')).at(0);
    for (const format of [
      { encoding_format: 'base64' },
      { embedding_type: 'base64' },
      { embedding_type: ['base64'] },
    ]) {
      const { body } = await post(server, '/v1/embeddings', { input: '红包', ...format });
      const bytes = Buffer.from(body.data[0].embedding, 'base64');
      expectSame(
        Array.from({ length: direct.length }, (_, i) => bytes.readFloatLE(4 * i)),
        direct,
      );
    }
  });

  test('vectors are scaled to length 1 unless told not to', async () => {
    const raw = (await clip.embedTexts('红包', { normalize: false })).at(0);
    const { body } = await post(server, '/v1/embeddings', { input: '红包', normalized: false });
    const scale = Math.hypot(...raw);
    expect(scale).toBeGreaterThan(1.5);
    body.data[0].embedding.forEach((value: number, i: number) => {
      expect(Math.abs(value - raw[i]!)).toBeLessThan(1e-5 * scale);
    });
  });

  test('a text that is too long is cut, or refused where the caller wants that', async () => {
    const long = '猫'.repeat(100);
    const cut = await post(server, '/v1/embeddings', { input: long });
    expectSame(cut.body.data[0].embedding, (await clip.embedTexts('猫'.repeat(50))).at(0));
    expect(cut.body.usage.prompt_tokens).toBe(52);
    const refused = await post(server, '/v1/embeddings', { input: ['猫', long], truncate: false });
    expect(refused).toMatchObject({ status: 422, body: { error: { param: 'input[1]' } } });
    expect(refused.body.error.message).toContain('102');
  });

  test.each([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 5 }, 'input'],
    [{ input: ['x', { text: 5 }] }, 'input[1].text'],
    [{ input: ['x', { image: null }] }, 'input[1].image'],
    [{ input: ['x', { image: '' }] }, 'input[1].image'],
    [{ input: ['x', { image: 'data:image/png,abc' }] }, 'input[1].image'],
    [{ input: ['x', { image: 'not base64!' }] }, 'input[1].image'],
    [{ input: ['x', { image: '/etc/passwd' }] }, 'input[1].image'],
    [{ input: ['x', { image: 'file:///etc/passwd' }] }, 'input[1].image'],
    [{ input: ['x', { image: 'http://pictures.example/a.png' }] }, 'input[1].image'],
    [{ input: 'x', dimensions: 5 }, 'dimensions'],
    [{ input: 'x', dimensions: -1 }, 'dimensions'],
    [{ input: 'x', encoding_format: 'binary' }, 'encoding_format'],
    [{ input: 'x', embedding_type: ['binary'] }, 'embedding_type[0]'],
    [{ input: 'x', model: 5 }, 'model'],
    [{ input: Array(2049).fill('x') }, 'input'],
    [{ input: Array(129).fill({ image: 'AAAA' }) }, 'input'],
    [{ input: ['x'.repeat(100_001)] }, 'input[0]'],
    [['x'], ''],
    ['x', ''],
    [null, ''],
  ])('%#: what is wrong is named', async (request, param) => {
    for (const language of ['en', 'zh-CN']) {
      const { status, body } = await post(server, '/v1/embeddings', JSON.stringify(request), {
        headers: { 'accept-language': language },
      });
      expect(status).toBe(422);
      expect(body.error).toMatchObject({ param, type: 'invalid_request_error' });
      expect(body.error.code).toMatch(/^TUWEN_/);
      expect(/\p{Script=Han}/u.test(body.error.message)).toBe(language !== 'en');
    }
  });
});
