/** What callers send wrongly, on purpose or not. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { embed, post, raw, serversOf, tinyModel, until } from '../../test/support/server.ts';
import type { Clip } from '../clip/index.ts';
import type { Server } from './index.ts';

const PICTURE = fileURLToPath(
  new URL('../../test/fixtures/pixels/sources/jpeg-640x480.jpg', import.meta.url),
);
const picture = (await readFile(PICTURE)).toString('base64');

let clip: Clip;
const { started, startedHeld, end } = serversOf(() => clip);
beforeAll(async () => {
  clip = await tinyModel();
});
afterEach(end);
afterAll(() => clip.close());

async function answerTo(server: Server, request: string): Promise<string> {
  const socket = await raw(server);
  socket.write(request);
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (text.includes('\r\n\r\n') && /\}\s*(0\r\n\r\n)?$/.test(text)) break;
  }
  socket.destroy();
  return text;
}

describe('bodies', () => {
  test.each([
    ['nothing', '', 400, 'TUWEN_BODY_NOT_JSON'],
    ['half an object', '{"input": ', 400, 'TUWEN_BODY_NOT_JSON'],
    ['more than an object', '{"input": "x"} y', 400, 'TUWEN_BODY_NOT_JSON'],
    ['a word', 'nonsense', 400, 'TUWEN_BODY_NOT_JSON'],
    ['a prototype', '{"__proto__": {"input": "x"}}', 422, 'TUWEN_REQUEST_INVALID'],
    ['a deep nest', `${'['.repeat(100_000)}`, 400, 'TUWEN_BODY_NOT_JSON'],
    [
      'a deep nest that ends',
      `{"input":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      422,
      'TUWEN_REQUEST_INVALID',
    ],
  ])('%s', async (_, text, status, code) => {
    const server = await started();
    expect(await post(server, '/v1/embeddings', text)).toMatchObject({ status, body: { error: { code } } });
  });

  test('what is not UTF-8 is not JSON', async () => {
    const server = await started();
    const response = await fetch(`${server.address}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    expect(response.status).toBe(400);
  });

  test.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/jsonp' }],
    [{ 'content-encoding': 'gzip' }],
  ])('%j is refused', async (headers) => {
    const server = await started();
    expect(await embed(server, 'x', { headers: headers as Record<string, string> })).toMatchObject({
      status: 415,
      body: { error: { code: 'TUWEN_BODY_TYPE' } },
    });
  });

  test('a body that says it is too long is refused before it is sent', async () => {
    const server = await started({ limits: { bodyBytes: 1000 } });
    const head = 'POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const answer = await answerTo(server, `${head}Content-Length: 1001\r\n\r\n{`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('TUWEN_BODY_TOO_LARGE');
  });

  test('a body that does not say so is cut off', async () => {
    const server = await started({ limits: { bodyBytes: 1000 } });
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 100;
        controller.enqueue(Buffer.alloc(100, ' '));
        if (sent > 10_000_000) controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
    const response = await fetch(`${server.address}/v1/embeddings`, init as RequestInit);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(10_000_000);
  });

  test('a body that drips in is given up at the deadline', async () => {
    const server = await started({ limits: { deadline: 150 } });
    const head = 'POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const answer = await answerTo(server, `${head}Content-Length: 1000\r\n\r\n{"input": `);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('bodies of all callers together are bounded', async () => {
    const { server, begun, release } = await startedHeld({ limits: { openBytes: 100_000 } });
    const long = embed(server, 'x'.repeat(90_000));
    await until(() => begun.length === 1);
    expect(await embed(server, 'y'.repeat(20_000))).toMatchObject({
      status: 429,
      body: { error: { code: 'TUWEN_SERVER_BUSY' } },
    });
    release();
    expect((await long).status).toBe(200);
    expect((await embed(server, 'y'.repeat(20_000))).status).toBe(200);
  });
});

describe('pictures', () => {
  test('a picture of too many pixels is refused before it is decoded', async () => {
    const server = await started({ limits: { pixels: 640 * 480 - 1 } });
    expect(await embed(server, ['x', { image: picture }])).toMatchObject({
      status: 413,
      body: { error: { code: 'TUWEN_IMAGE_TOO_LARGE', param: 'input[1].image' } },
    });
    const enough = await started({ limits: { pixels: 640 * 480 } });
    expect((await embed(enough, [{ image: picture }])).status).toBe(200);
  });

  test('one bad picture fails its own request and none that is batched with it', async () => {
    const { server, begun, release } = await startedHeld();
    const first = embed(server, [{ image: picture }]);
    await until(() => begun.length === 1);
    const good = embed(server, [{ image: picture }, { image: picture }]);
    const bad = embed(server, [{ image: picture }, { image: picture.slice(0, 2000) }, { image: picture }]);
    expect(await bad).toMatchObject({
      status: 422,
      body: { error: { code: 'TUWEN_IMAGE_UNREADABLE', param: 'input[1].image' } },
    });
    release();
    const [vector] = await clip.embedImages(PICTURE);
    for (const { status, body } of [await first, await good]) {
      expect(status).toBe(200);
      for (const { embedding } of body.data) {
        expect(Math.max(...embedding.map((v: number, i: number) => Math.abs(v - vector![i]!)))).toBeLessThan(
          1e-6,
        );
      }
    }
    // What the bad request had left in the queue did not run.
    expect(begun.reduce((a, b) => a + b)).toBe(3);
  });

  test('addresses are followed where that is switched on', async () => {
    const site = createServer((_, response) => void response.end(Buffer.from(picture, 'base64')));
    await once(site.listen(0, '127.0.0.1'), 'listening');
    const { port } = site.address() as { port: number };
    // The site of this test is on this machine, so its address stands for a public one.
    const fetching = {
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      isAllowed: (address: string) => address === '127.0.0.1',
    };
    const server = await started({ allowImageUrls: true, fetching });
    const { body } = await embed(server, [{ image: `http://pictures.example:${port}/a.jpg` }]);
    site.close();
    const [vector] = await clip.embedImages(PICTURE);
    const difference = body.data[0].embedding.map((v: number, i: number) => Math.abs(v - vector![i]!));
    expect(Math.max(...difference)).toBeLessThan(1e-6);
  });

  test('but not into this machine', async () => {
    const server = await started({ allowImageUrls: true });
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '169.254.169.254']) {
      const answer = await embed(server, [
        { image: `http://${host}:${new URL(server.address).port}/health` },
      ]);
      expect(answer).toMatchObject({
        status: 422,
        body: { error: { code: 'TUWEN_URL_REFUSED', param: 'input[0].image' } },
      });
    }
  });
});
