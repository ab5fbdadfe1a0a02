import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { isPublicAddress } from './addresses.ts';
import { safeFetch } from './safe-fetch.ts';

const PUBLIC = '93.184.216.34';
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function site(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/**
 * A small internet: names with their addresses. The sites of these tests are on this machine, so 127.0.0.1 stands for
 * a public address here; every other address is judged as it is.
 */
function internet(names: Record<string, readonly string[]>) {
  const asked: string[] = [];
  return {
    asked,
    maxBytes: 1000,
    timeout: 5000,
    resolve: async (host: string) => {
      asked.push(host);
      const addresses = names[host];
      if (addresses === undefined) throw new Error(`no such host: ${host}`);
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
    isAllowed: (address: string) => address === '127.0.0.1' || isPublicAddress(address),
  };
}

const sends =
  (body: string, headers = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, headers).end(body);

describe('what is fetched', () => {
  test('a public host, asked by its name', async () => {
    let host: string | undefined;
    const port = await site((request, response) => {
      host = request.headers.host;
      response.end('picture');
    });
    const net = internet({ 'pictures.example': ['127.0.0.1'] });
    const bytes = await safeFetch(`http://pictures.example:${port}/a.png`, net);
    expect(Buffer.from(bytes).toString()).toBe('picture');
    expect(host).toBe(`pictures.example:${port}`);
  });

  test('behind redirects, each looked at anew', async () => {
    const last = await site(sends('picture'));
    const first = await site(
      (_, response) => void response.writeHead(302, { location: `http://b.example:${last}/x` }).end(),
    );
    const net = internet({ 'a.example': ['127.0.0.1'], 'b.example': ['127.0.0.1'] });
    expect(Buffer.from(await safeFetch(`http://a.example:${first}/`, net)).toString()).toBe('picture');
    expect(net.asked).toEqual(['a.example', 'b.example']);
  });

  test('a redirect to a path of the same host', async () => {
    const port = await site((request, response) => {
      if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
      else response.end(request.url);
    });
    const net = internet({ 'a.example': ['127.0.0.1'] });
    expect(Buffer.from(await safeFetch(`http://a.example:${port}/old`, net)).toString()).toBe('/new');
  });

  test('the address that was checked, even where the name leads elsewhere a moment later', async () => {
    const port = await site(sends('picture'));
    const net = internet({});
    let answers = 0;
    const resolve = async () => {
      answers += 1;
      return [{ address: answers === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    };
    await safeFetch(`http://rebinding.example:${port}/`, { ...net, resolve });
    expect(answers).toBe(1);
  });
});

describe('what is refused', () => {
  test.each([
    ['file:///etc/passwd'],
    ['ftp://pictures.example/a.png'],
    ['gopher://pictures.example/'],
    ['/etc/passwd'],
    ['http://'],
    ['http://[::1'],
  ])('%s is no address that is fetched', async (url) => {
    await expect(safeFetch(url, internet({}))).rejects.toMatchObject({
      code: 'TUWEN_URL_REFUSED',
      value: { reason: 'protocol' },
    });
  });

  test('a name and password', async () => {
    const net = internet({ 'a.example': [PUBLIC] });
    await expect(safeFetch('http://user:secret@a.example/', net)).rejects.toMatchObject({
      value: { reason: 'credentials' },
    });
  });

  test.each([
    ['http://10.0.0.1/'],
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://[::ffff:127.0.0.1]/'],
    ['http://[::ffff:7f00:1]:80/'],
    ['http://[fd00:ec2::254]/'],
    ['http://100.100.100.200/'],
    ['http://0/'],
    ['http://192.168.0.1.:80/'],
    ['http://0x0a.0x00.0x00.0x01/'],
    ['http://167772161/'],
    ['http://012.0.0.1/'],
    ['https://192.168.1.1/'],
  ])('%s, by its number', async (url) => {
    const net = internet({});
    await expect(safeFetch(url, net)).rejects.toMatchObject({
      code: 'TUWEN_URL_REFUSED',
      value: { reason: 'address', source: url },
    });
    expect(net.asked).toEqual([]);
  });

  test.each([
    [['10.0.0.1']],
    [['127.0.0.2']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:10.0.0.1']],
    [[PUBLIC, '192.168.0.1']],
    [['2606:4700:4700::1111', 'fe80::1']],
  ])('a name with the addresses %j', async (addresses) => {
    const net = internet({ 'a.example': addresses });
    await expect(safeFetch('http://a.example/', net)).rejects.toMatchObject({ value: { reason: 'address' } });
  });

  test('this machine, with the rule that holds outside of these tests', async () => {
    let asked = false;
    const port = await site((_, response) => {
      asked = true;
      response.end('secret');
    });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '2130706433']) {
      await expect(
        safeFetch(`http://${host}:${port}/`, { maxBytes: 100, timeout: 5000 }),
      ).rejects.toMatchObject({ code: 'TUWEN_URL_REFUSED' });
    }
    expect(asked).toBe(false);
  });

  test.each([
    ['http://10.0.0.1/', 'address'],
    ['http://inside.example/', 'address'],
    ['//inside.example/', 'address'],
    ['file:///etc/passwd', 'protocol'],
    ['http://user@a.example/', 'credentials'],
    ['http://[', 'protocol'],
  ])('a redirect to %s', async (location, reason) => {
    const port = await site((_, response) => void response.writeHead(302, { location }).end());
    const net = internet({ 'a.example': ['127.0.0.1'], 'inside.example': ['192.168.0.7'] });
    await expect(safeFetch(`http://a.example:${port}/`, net)).rejects.toMatchObject({ value: { reason } });
  });

  test('endless redirects', async () => {
    let count = 0;
    const port = await site((_, response) => {
      count += 1;
      response.writeHead(302, { location: `/${count}` }).end();
    });
    const net = internet({ 'a.example': ['127.0.0.1'] });
    await expect(safeFetch(`http://a.example:${port}/`, net)).rejects.toMatchObject({
      value: { reason: 'redirects' },
    });
    expect(count).toBe(4);
  });
});

describe('bounds', () => {
  const net = internet({ 'a.example': ['127.0.0.1'] });

  test('a length that is too large is refused before the body', async () => {
    const port = await site(
      (_, response) => void response.writeHead(200, { 'content-length': 1001 }).write('x'),
    );
    await expect(safeFetch(`http://a.example:${port}/`, net)).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_TOO_LARGE',
      value: { unit: 'byte', size: 1001, limit: 1000 },
    });
  });

  test('a body without a length is cut off where it becomes too large', async () => {
    let sent = 0;
    const port = await site((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(500))) sent += 500;
      };
      response.on('drain', more);
      more();
    });
    await expect(safeFetch(`http://a.example:${port}/`, net)).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_TOO_LARGE',
    });
    const afterwards = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent).toBe(afterwards);
  });

  test.each([
    ['never answers', () => {}],
    ['sends a byte and no more', (_: IncomingMessage, response: ServerResponse) => void response.write('x')],
    [
      'drips',
      (_: IncomingMessage, response: ServerResponse) => {
        const timer = setInterval(() => response.write('x'), 5);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('a site that %s is given up in time', async (_, listener) => {
    const port = await site(listener);
    await expect(safeFetch(`http://a.example:${port}/`, { ...net, timeout: 100 })).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_NOT_FETCHED',
      value: { reason: 'no picture within 0.1 s' },
    });
  });

  test('a name server that never answers is given up in time', async () => {
    const resolve = () => new Promise<never>(() => {});
    await expect(safeFetch('http://a.example/', { ...net, timeout: 50, resolve })).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_NOT_FETCHED',
    });
  });

  test('the caller can call it off', async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const port = await site(() => arrived());
    const caller = new AbortController();
    const fetching = safeFetch(`http://a.example:${port}/`, { ...net, signal: caller.signal });
    void arrival.then(() => caller.abort());
    await expect(fetching).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
    await expect(
      safeFetch(`http://a.example:${port}/`, { ...net, signal: caller.signal }),
    ).rejects.toMatchObject({
      code: 'TUWEN_CANCELLED',
    });
  });

  test.each([
    [404, {}, 'HTTP 404 Not Found'],
    [500, {}, 'HTTP 500 Internal Server Error'],
    [206, {}, 'HTTP 206 Partial Content'],
    [302, {}, 'HTTP 302 Found'],
    [200, { 'content-encoding': 'gzip' }, 'the answer is compressed (gzip)'],
  ])('an answer of %s %j is no picture', async (status, headers, reason) => {
    const port = await site((_, response) => void response.writeHead(status, headers).end('x'));
    await expect(safeFetch(`http://a.example:${port}/`, net)).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_NOT_FETCHED',
      value: { reason },
    });
  });

  test('a host that is not there', async () => {
    await expect(safeFetch('http://nowhere.example/', net)).rejects.toMatchObject({
      code: 'TUWEN_IMAGE_NOT_FETCHED',
      value: { reason: 'no such host: nowhere.example' },
    });
  });
});
