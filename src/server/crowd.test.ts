/** Too many callers, callers who leave, a model that loads or fails, and the end. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { embed, get, raw, serversOf, tinyModel, until, untilCounted } from '../../test/support/server.ts';
import type { Clip } from '../clip/index.ts';
import { startServer } from './index.ts';

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
    const { server, lines, release } = await startedHeld({ limits: { openBytes: 2000 } });
    const socket = await raw(server);
    const head = 'POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 2000\r\n\r\n{"input": `);
    await untilCounted(server, 'tuwen_http_requests_open 2');
    expect((await embed(server, 'x'.repeat(100))).status).toBe(429);
    socket.destroy();
    await until(() => lines.some(({ status }) => status === 499));
    release();
    expect((await embed(server, 'x')).status).toBe(200);
  });
});

describe('the model', () => {
  test('that still loads: health says so, work is told to come again', async () => {
    let loaded: (clip: Clip) => void = () => {};
    await using server = await startServer({
      clip: new Promise<Clip>((resolve) => (loaded = resolve)),
      port: 0,
    });
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
    const closing = server.close();
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

  test('nor does a server wait for those who have not asked yet', async () => {
    const server = await started();
    const silent = await raw(server);
    const halting = await raw(server);
    halting.write('GET /health HTTP/1.1\r\nHost: loc');
    await get(server, '/health');
    const left = [once(silent, 'close'), once(halting, 'close')];
    await server.close();
    await Promise.all(left);
  });

  test('a caller who does not read is cut off after the time of a request', async () => {
    const server = await started({ limits: { deadline: 500 } });
    const socket = await raw(server);
    socket.pause();
    // More than the buffers between the two hold.
    const asked = 2000;
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(asked));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.close();
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {}).resume();
    await once(socket, 'close');
    expect(text.split('HTTP/1.1 200').length - 1).toBeLessThan(asked);
  });
});
