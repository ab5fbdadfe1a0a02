/** What callers do wrong, on purpose or not, and what happens when there are too many of them. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { get, type HeldClip, held, post, serve, tinyModel, until } from '../../test/support/server.ts';
import type { Clip } from '../clip/index.ts';
import type { Server, ServerOptions } from './index.ts';

const PICTURE = fileURLToPath(
  new URL('../../test/fixtures/pixels/sources/jpeg-640x480.jpg', import.meta.url),
);
const picture = (await readFile(PICTURE)).toString('base64');

let clip: Clip;
const servers: Server[] = [];
const holding: HeldClip[] = [];
beforeAll(async () => {
  clip = await tinyModel();
});
afterEach(async () => {
  for (const { release } of holding.splice(0)) release();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => clip.close());

async function started(options: Partial<ServerOptions> = {}, model = clip): Promise<Server> {
  const server = await serve(model, options);
  servers.push(server);
  return server;
}

/** A server whose model runs nothing before it is released. */
async function startedHeld(options: Partial<ServerOptions> = {}) {
  const model = held(clip);
  holding.push(model);
  const lines: { event: string; status?: number; path?: string }[] = [];
  const log = (line: string) => void lines.push(JSON.parse(line));
  return { ...model, begun: model.begun, lines, server: await started({ log, ...options }, model.clip) };
}

const embed = (server: Server, input: unknown, init?: RequestInit) =>
  post(server, '/v1/embeddings', { input }, init);

/** Waits until a counter of the server has a value. */
async function untilCounted(server: Server, sample: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    if (metrics.split('\n').includes(sample)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A connection on which a test writes what it likes. */
async function raw(server: Server): Promise<Socket> {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

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

  test('addresses are followed where that is switched on, but not into this machine', async () => {
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

describe('too much at a time', () => {
  test('texts beyond the queue are refused at once, with a time to come again', async () => {
    const { server, begun, release } = await startedHeld({ limits: { openTexts: 5 } });
    const accepted = [embed(server, ['a', 'b', 'c']), embed(server, ['d', 'e'])];
    await untilCounted(server, 'tuwen_items_open{kind="text"} 5');
    expect(begun.length).toBeGreaterThan(0);
    const refused = await embed(server, 'f');
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { code: 'TUWEN_SERVER_BUSY', type: 'rate_limit_error' } },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    // Pictures have a queue of their own.
    const other = embed(server, [{ image: picture }]);
    release();
    expect((await other).status).toBe(200);
    for (const answer of accepted) expect((await answer).status).toBe(200);
    expect((await embed(server, 'f')).status).toBe(200);
  });

  test('requests at the same time share batches, and each gets what it asked for', async () => {
    const { server, begun, release } = await startedHeld({ batching: { texts: 16 } });
    const first = embed(server, 'first');
    await until(() => begun.length === 1);
    const texts = Array.from({ length: 40 }, (_, i) => `第${i}号，${'猫'.repeat(i % 7)}`);
    const answers = texts.map((text) => embed(server, text));
    await untilCounted(server, 'tuwen_items_open{kind="text"} 41');
    release();
    await first;
    const direct = await clip.embedTexts(texts);
    for (const [i, answer] of answers.entries()) {
      const { embedding } = (await answer).body.data[0];
      const difference = embedding.map((value: number, k: number) => Math.abs(value - direct.at(i)[k]!));
      expect(Math.max(...difference)).toBeLessThan(1e-6);
    }
    expect(Math.max(...begun)).toBe(16);
    expect(begun.length).toBeLessThan(10);
  });

  test('a request past its deadline is answered, and what it had waiting never runs', async () => {
    const { server, begun, release } = await startedHeld({ limits: { deadline: 300 } });
    const first = embed(server, ['a']);
    await until(() => begun.length === 1);
    const second = embed(server, ['b', 'c']);
    for (const answer of [await first, await second]) {
      expect(answer).toMatchObject({
        status: 504,
        body: { error: { code: 'TUWEN_DEADLINE', type: 'server_error' } },
      });
    }
    release();
    expect((await embed(server, 'd')).status).toBe(200);
    expect(begun).toEqual([1, 1]);
  });

  test('what a caller who hangs up had waiting never runs, and makes room', async () => {
    const { server, begun, lines, release } = await startedHeld({ limits: { openTexts: 4 } });
    const first = embed(server, ['a']);
    await until(() => begun.length === 1);
    const caller = new AbortController();
    const left = embed(server, ['b', 'c', 'd'], { signal: caller.signal }).catch(
      (error: Error) => error.name,
    );
    await untilCounted(server, 'tuwen_items_open{kind="text"} 4');
    expect((await embed(server, 'e')).status).toBe(429);
    caller.abort();
    expect(await left).toBe('AbortError');
    const left499 = () => lines.some(({ status }) => status === 499);
    await until(left499);
    const third = embed(server, ['e', 'f', 'g']);
    release();
    expect((await first).status).toBe(200);
    expect((await third).status).toBe(200);
    expect(begun).toEqual([1, 3]);
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    expect(metrics).toContain(
      'tuwen_http_requests_total{route="/v1/embeddings",method="POST",status="499"} 1',
    );
    expect(metrics).toContain('tuwen_items_total{kind="text"} 4');
    expect(metrics).toContain('tuwen_items_open{kind="text"} 0');
  });

  test('a connection cut in the middle of a body leaves nothing behind', async () => {
    const { server, lines } = await startedHeld({ limits: { openBytes: 2000 } });
    const socket = await raw(server);
    const head = 'POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 2000\r\n\r\n{"input": `);
    await untilCounted(server, 'tuwen_http_requests_open 2');
    expect((await embed(server, 'x'.repeat(100))).status).toBe(429);
    socket.destroy();
    await until(() => lines.some(({ status }) => status === 499));
    holding[0]!.release();
    expect((await embed(server, 'x')).status).toBe(200);
  });
});

describe('the model', () => {
  test('that still loads: health says so, work is told to come again', async () => {
    let loaded: (clip: Clip) => void = () => {};
    const { startServer } = await import('./index.ts');
    const server = await startServer({ clip: new Promise<Clip>((resolve) => (loaded = resolve)), port: 0 });
    servers.push(server);
    expect(await get(server, '/health')).toMatchObject({
      status: 503,
      body: { status: 'loading', model: { loaded: false } },
    });
    for (const answer of [await embed(server, 'x'), await get(server, '/v1/models')]) {
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'TUWEN_MODEL_LOADING' } } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    loaded(clip);
    await server.ready;
    expect(await get(server, '/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', model: { loaded: true } },
    });
    expect((await embed(server, 'x')).status).toBe(200);
  });

  test('that fails: callers are told little, health says so until it works again', async () => {
    let isBroken = true;
    const lines: string[] = [];
    const broken = {
      ...clip,
      embedTexts: (texts: readonly string[]) =>
        isBroken ? Promise.reject(new Error('secret detail')) : clip.embedTexts(texts),
    } as unknown as Clip;
    const server = await started({ log: (line) => void lines.push(line) }, broken);
    const answer = await embed(server, 'x');
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { code: 'TUWEN_INTERNAL', type: 'server_error' } },
    });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(
      lines.some(
        (line) =>
          line.includes('secret detail') && JSON.parse(line).id === answer.headers.get('x-request-id'),
      ),
    ).toBe(true);
    expect(await get(server, '/health')).toMatchObject({ status: 503, body: { status: 'failing' } });
    isBroken = false;
    expect((await embed(server, 'x')).status).toBe(200);
    expect((await get(server, '/health')).status).toBe(200);
  });
});

describe('the end', () => {
  test('what was accepted is finished, what comes later is not taken', async () => {
    const { server, begun, release } = await startedHeld();
    const accepted = [embed(server, ['a']), embed(server, ['b', { image: picture }])];
    await untilCounted(server, 'tuwen_items_open{kind="text"} 2');
    expect(begun.length).toBeGreaterThan(0);
    // A connection that is open already may still ask.
    const socket = await raw(server);
    const closing = server.close();
    socket.write('GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [late] = (await once(socket, 'data')) as [Buffer];
    expect(String(late)).toMatch(/^HTTP\/1\.1 503 .*connection: close/is);
    await expect(embed(server, 'c')).rejects.toThrow();
    release();
    for (const answer of accepted) expect((await answer).status).toBe(200);
    await closing;
  });

  test('a server that has nothing to do ends at once, idle connections and all', async () => {
    const server = await started();
    expect((await get(server, '/health')).status).toBe(200);
    await server.close();
    await server.close();
  });
});
