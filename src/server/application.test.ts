/** What stands around the routes: who may ask, pages, descriptions. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, get, post, serve, tinyModel } from '../../test/support/server.ts';
import type { Clip } from '../clip/index.ts';
import type { Server, ServerOptions } from './index.ts';
import { LIMITS } from './options.ts';
import { pageResponse, pagesOf } from './pages.ts';
import { apiRoutes } from './routes/index.ts';

let clip: Clip;
const servers: Server[] = [];
beforeAll(async () => {
  clip = await tinyModel();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => clip.close());

async function started(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await serve(clip, { collections: [], ...options });
  servers.push(server);
  return server;
}

/** A request with headers that fetch would not send. */
function ask(server: Server, headers: Record<string, string>, path = '/health'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(server.address + path, { headers, setHost: headers.host === undefined });
    sent.on('response', (response) => resolve(response.resume().statusCode!)).on('error', reject);
    sent.end();
  });
}

test('on loopback, a request that names another host is refused', async () => {
  const server = await started();
  const { port } = new URL(server.address);
  expect(await ask(server, { host: `localhost:${port}` })).toBe(200);
  expect(await ask(server, { host: `evil.example:${port}` })).toBe(403);
  expect(await ask(server, { host: `evil.example:${port}` }, '/')).toBe(403);
});

describe('a key', () => {
  test('guards every route that works or tells, and nothing else', async () => {
    const server = await started({ apiKey: '钥匙 k' });
    for (const route of apiRoutes(LIMITS)) {
      const path = route.path.replace(/:\w+/g, 'x');
      const init = { headers: { authorization: 'Bearer wrong' } };
      const { status, body } =
        route.kind === 'work' ? await post(server, path, {}, init) : await get(server, path, init);
      const isOpen = route.kind === 'read' && route.isOpen === true;
      expect([path, status]).toEqual([path, isOpen ? 200 : 401]);
      if (!isOpen)
        expect(body.error).toMatchObject({ code: 'TUWEN_KEY_REFUSED', type: 'authentication_error' });
    }
    for (const path of ['/', '/docs', '/docs.js', '/openapi.json']) {
      expect((await fetch(server.address + path)).status).toBe(200);
    }
    const cookie = `tuwen_key=${encodeURIComponent('钥匙 k')}`;
    expect((await get(server, '/v1/models', { headers: { cookie } })).status).toBe(200);
  });
});

describe('other origins', () => {
  const headers = { origin: 'https://app.example' };
  const preflight = (server: Server, origin: string) =>
    fetch(`${server.address}/v1/embeddings`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });

  test('are not let in', async () => {
    const server = await started();
    const { headers: sent } = await get(server, '/health', { headers });
    expect([...sent.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const answer = await preflight(server, 'https://app.example');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('but for the one that is named', async () => {
    const server = await started({ cors: 'https://app.example', apiKey: 'k' });
    const own = await preflight(server, 'https://app.example');
    expect(own.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(own.headers.get('access-control-allow-headers')).toContain('content-type');
    const other = await preflight(server, 'https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    const refused = await get(server, '/v1/models', { headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('answers', () => {
  test('carry the id of the request, that which it brought or a new one', async () => {
    const server = await started();
    const id = (answer: Answer) => answer.headers.get('x-request-id');
    expect(id(await get(server, '/health', { headers: { 'x-request-id': 'abc-1' } }))).toBe('abc-1');
    expect(id(await get(server, '/health', { headers: { 'x-request-id': 'a b\u00e9' } }))).toMatch(
      /^[0-9a-f-]{36}$/,
    );
    expect(id(await get(server, '/nowhere'))).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('of what is not there', async () => {
    const server = await started();
    expect(await get(server, '/nowhere')).toMatchObject({
      status: 404,
      body: { error: { code: 'TUWEN_ROUTE_UNKNOWN' } },
    });
    const wrong = await get(server, '/v1/embeddings');
    expect(wrong).toMatchObject({ status: 405, body: { error: { code: 'TUWEN_METHOD_REFUSED' } } });
    expect(wrong.headers.get('allow')).toBe('POST');
    expect((await fetch(`${server.address}/..%2f..%2fpackage.json`)).status).toBe(404);
    expect((await fetch(`${server.address}/health`, { method: 'HEAD' })).status).toBe(200);
  });
});

test('the description names every route, and the answers are as it says', async () => {
  const server = await started();
  const { body: api } = await get(server, '/openapi.json');
  const routes = apiRoutes(LIMITS);
  expect(api.openapi).toBe('3.1.0');
  expect(Object.keys(api.paths)).toEqual(routes.map(({ path }) => path.replace(/:(\w+)/g, '{$1}')));
  const ids = Object.values(api.paths).flatMap((path) =>
    Object.values(path as object).map((each) => each.operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  const input = api.paths['/v1/embeddings'].post.requestBody.content['application/json'].schema;
  expect(input.required).toEqual(['input']);
  expect(input.properties.encoding_format.enum).toEqual(['float', 'base64']);
  for (const route of routes) {
    if (typeof route.response === 'string' || route.path.includes(':')) continue;
    const example = route.kind === 'work' ? route.example : undefined;
    // The examples that need a picture, and searches, which need a collection, are tested with their routes.
    if (route.path === '/v1/search' || JSON.stringify(example)?.includes('…')) continue;
    const { status, body } =
      route.kind === 'work' ? await post(server, route.path, example) : await get(server, route.path);
    expect([route.path, status]).toEqual([route.path, 200]);
    expect(() => route.response instanceof Object && route.response.parse(body)).not.toThrow();
  }
});

describe('pages', () => {
  test('without a built page, / says where the API is described', async () => {
    const server = await started();
    const response = await fetch(server.address);
    expect(response.headers.get('content-type')).toMatch(/^text\/(plain|html)/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  test('a built page is served whole, what carries a hash for good', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tuwen-pages-'));
    try {
      await mkdir(join(folder, 'assets'));
      await writeFile(join(folder, 'index.html'), '<p>页面</p>');
      await writeFile(join(folder, 'assets/index-abc.js'), 'run()');
      const pages = pagesOf(folder);
      expect([...pages.keys()].sort()).toEqual(['/', '/assets/index-abc.js', '/index.html']);
      const index = pageResponse(pages.get('/')!);
      expect(await index.text()).toBe('<p>页面</p>');
      expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(index.headers.get('cache-control')).toBe('no-cache');
      const script = pageResponse(pages.get('/assets/index-abc.js')!);
      expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(script.headers.get('cache-control')).toContain('immutable');
      for (const page of [index, script]) {
        expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(pagesOf(join(folder, 'nowhere')).size).toBe(0);
  });
});
