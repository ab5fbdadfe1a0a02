/** Collections over HTTP: found, shown, kept in step. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../test/support/package.ts';
import { get, miniModel, post, serve } from '../../test/support/server.ts';
import type { Clip } from '../clip/index.ts';
import { openCollection } from '../search/index.ts';
import type { Server } from './index.ts';

const SHIPPED = join(ROOT, 'examples/pictures');
const before = process.env.TUWEN_HOME;

let folder: string;
let pictures: string;
let clip: Clip;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-server-'));
  process.env.TUWEN_HOME = join(folder, 'home');
  pictures = join(folder, 'pictures');
  await mkdir(pictures);
  for (const name of await readdir(SHIPPED))
    if (name.endsWith('.png')) await copyFile(join(SHIPPED, name), join(pictures, name));
  await copyFile(join(SHIPPED, '西瓜.png'), join(pictures, '西瓜 副本.png'));
  clip = await miniModel();
  for (const name of ['default', 'hidden']) {
    await using collection = await openCollection({ name, clip, create: true });
    await collection.sync([pictures]);
  }
  server = await serve(clip, { collections: ['default', 'later'] });
});
afterAll(async () => {
  await server?.close();
  await clip?.close();
  process.env.TUWEN_HOME = before;
  if (before === undefined) delete process.env.TUWEN_HOME;
  await rm(folder, { recursive: true, force: true });
});

const encoded = async (name: string) => (await readFile(join(SHIPPED, name))).toString('base64');
const search = (body: object) => post(server, '/v1/search', body);
const named = async (name: string) => {
  const { body } = await search({ query: { text: name }, where: `name = '${name}.png'` });
  return body.results[0] as { id: string; path: string; hash: string };
};

describe('/v1/search', () => {
  test('finds what the collection itself finds', async () => {
    await using collection = await openCollection({ clip });
    const { status, body } = await search({ query: '西瓜', top: 3 });
    const direct = await collection.search({ text: '西瓜' }, { top: 3 });
    expect(status).toBe(200);
    expect(body.results.map(({ id }: { id: string }) => id)).toEqual(direct.results.map(({ id }) => id));
    body.results.forEach((hit: { score: number }, i: number) => {
      expect(hit.score).toBeCloseTo(direct.results[i]!.score, 5);
    });
    expect(body.results[0]).toMatchObject({
      path: expect.stringContaining('西瓜'),
      width: expect.any(Number),
    });
    expect(body.total).toBe(direct.total);
  });

  test('by a picture, by an item, by sums and differences, by page', async () => {
    const image = await encoded('西瓜.png');
    const byPicture = await search({ query: { image }, top: 2 });
    expect(byPicture.body.results.map(({ score }: { score: number }) => score > 0.999)).toEqual([true, true]);
    const { id } = await named('西瓜');
    const byItem = await search({ query: { id }, top: 1 });
    expect(byItem.body.results[0].path).toContain('西瓜 副本');
    const without = await search({ query: { text: '西瓜', minus: [{ image, weight: 2 }] }, top: 1 });
    expect(without.body.results[0].path).not.toContain('西瓜');
    const line = await search({ query: '西瓜 -雪山', top: 1 });
    expect(line.body.results[0].path).toContain('西瓜');
    const all = await search({ query: '西瓜' });
    const page = await search({ query: '西瓜', offset: 2, top: 2 });
    expect(page.body.results).toEqual(all.body.results.slice(2, 4));
    const good = await search({ query: { image }, minScore: 0.999 });
    expect(good.body.results).toHaveLength(2);
  });

  test.each([
    [{}, 422, 'TUWEN_QUERY_EMPTY', 'query'],
    [{ query: { plus: ['西瓜'], minus: ['西瓜'] } }, 422, 'TUWEN_QUERY_EMPTY', 'query'],
    [{ query: '西瓜', where: 'nonsense' }, 422, 'TUWEN_WHERE_INVALID', 'where'],
    [{ query: { id: 'f'.repeat(32) } }, 404, 'TUWEN_ITEM_UNKNOWN', null],
    [{ query: '西瓜', collection: 'hidden' }, 404, 'TUWEN_COLLECTION_MISSING', 'collection'],
    [{ query: '西瓜', collection: 'later' }, 404, 'TUWEN_COLLECTION_MISSING', 'collection'],
    [{ query: '西瓜', collection: '../default' }, 404, 'TUWEN_COLLECTION_MISSING', 'collection'],
    [{ query: { image: '/etc/passwd' } }, 422, 'TUWEN_IMAGE_UNREADABLE', 'query.image'],
    [{ query: { plus: [{ image: 'x!' }] } }, 422, 'TUWEN_IMAGE_INPUT', 'query.plus[0].image'],
    [{ query: '西瓜', top: 0 }, 422, 'TUWEN_REQUEST_INVALID', 'top'],
    [{ query: '+a'.repeat(20).replaceAll('+', ' +') }, 422, 'TUWEN_REQUEST_INVALID', 'query'],
  ])('%j', async (request, status, code, param) => {
    expect(await search(request)).toMatchObject({ status, body: { error: { code, param } } });
  });

  test('a collection that is made while the server runs is there', async () => {
    await using made = await openCollection({ name: 'later', clip, create: true });
    await made.sync([pictures]);
    expect((await search({ query: '饺子', collection: 'later', top: 1 })).body.results[0].path).toContain(
      '饺子',
    );
  });
});

describe('/v1/collections', () => {
  test('shows what it was told to show, and no more', async () => {
    const { body } = await get(server, '/v1/collections');
    expect(body.data.map(({ name }: { name: string }) => name)).not.toContain('hidden');
    expect(body.data[0]).toMatchObject({
      name: 'default',
      count: 9,
      folders: [expect.any(String)],
      syncing: false,
    });
    expect((await get(server, '/v1/collections/hidden')).status).toBe(404);
    expect((await get(server, '/v1/collections/default')).body).toEqual(body.data[0]);
  });

  test('groups what is alike', async () => {
    const { body } = await get(server, '/v1/collections/default/duplicates');
    const names = body.groups.map((group: { path: string }[]) =>
      group.map(({ path }) => path.split('/').at(-1)).sort(),
    );
    expect(names).toEqual([['西瓜 副本.png', '西瓜.png']]);
    const none = await get(
      server,
      `/v1/collections/default/duplicates?where=${encodeURIComponent("name = '龙.png'")}`,
    );
    expect(none.body.groups).toEqual([]);
    expect((await get(server, '/v1/collections/default/duplicates?minScore=2')).body.error.param).toBe(
      'minScore',
    );
  });

  test('is kept in step, and tells how far it is', async () => {
    const events = await fetch(`${server.address}/v1/collections/default/events`);
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    await copyFile(join(SHIPPED, '龙.png'), join(pictures, '新.png'));
    await writeFile(join(pictures, '坏.png'), 'no picture');
    const { status, body } = await post(server, '/v1/collections/default/sync', {});
    expect([status, body]).toEqual([202, { status: 'running' }]);
    const seen: { type: string; data: Record<string, unknown> }[] = [];
    let text = '';
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const [, type, data] = /^event: (\w+)\ndata: (.*)$/.exec(part)!;
        seen.push({ type: type!, data: JSON.parse(data!) });
      }
      if (seen.at(-1)?.type === 'done') break;
    }
    expect(seen[0]!.type).toBe('idle');
    expect(seen.some(({ type }) => type === 'progress')).toBe(true);
    expect(seen).toContainEqual({
      type: 'failure',
      data: { path: expect.stringContaining('坏.png'), code: 'TUWEN_IMAGE_UNREADABLE' },
    });
    expect(seen.at(-1)!.data).toMatchObject({ report: { added: 1, unchanged: 9 } });
    expect((await search({ query: '龙', where: "name = '新.png'" })).body.results).toHaveLength(1);
  });

  test('takes no folders from a request', async () => {
    await post(server, '/v1/collections/default/sync', { folders: ['/etc'] });
    const { body } = await get(server, '/v1/collections/default');
    expect(body.folders).toHaveLength(1);
    const form = await fetch(`${server.address}/v1/collections/default/sync`, { method: 'POST' });
    expect(form.status).toBe(415);
  });
});

describe('pictures of items', () => {
  const place = (id: string) => `${server.address}/v1/collections/default/items/${id}`;

  test('an item is what the search says', async () => {
    const hit = await named('西瓜');
    expect((await get(server, `/v1/collections/default/items/${hit.id}`)).body).toMatchObject({
      path: hit.path,
    });
    expect((await get(server, `/v1/collections/default/items/${'0'.repeat(32)}`)).status).toBe(404);
  });

  test.each([
    ['', 256],
    ['?size=100', 128],
    ['?size=9999', 1024],
  ])('a thumbnail%s', async (query, size) => {
    const { id, hash } = await named('西瓜');
    const first = await fetch(`${place(id)}/thumbnail${query}`);
    expect(first.headers.get('content-type')).toBe('image/webp');
    const bytes = new Uint8Array(await first.arrayBuffer());
    const { width, height, format } = await sharp(bytes).metadata();
    const own = await sharp(join(SHIPPED, '西瓜.png')).metadata();
    expect({ format, longest: Math.max(width, height) }).toEqual({
      format: 'webp',
      longest: Math.min(size, Math.max(own.width, own.height)),
    });
    const kept = await readFile(
      join(folder, 'home/thumbnails', hash.slice(0, 2), `${hash.slice(2)}-${size}.webp`),
    );
    expect(new Uint8Array(kept)).toEqual(bytes);
    const etag = first.headers.get('etag')!;
    const again = await fetch(`${place(id)}/thumbnail${query}`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${place(id)}/thumbnail?size=0`)).status).toBe(422);
  });

  test('the original is the file', async () => {
    const { id } = await named('西瓜');
    const response = await fetch(`${place(id)}/original`);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(await readFile(join(SHIPPED, '西瓜.png')));
  });

  test('what has taken the place of a picture since is not sent', async () => {
    const { id, path } = await named('自行车');
    await rm(path);
    expect((await fetch(`${place(id)}/original`)).status).toBe(404);
    expect((await fetch(`${place(id)}/thumbnail`)).status).toBe(404);
    await symlink('/etc/passwd', path);
    expect((await fetch(`${place(id)}/original`)).status).toBe(422);
    expect((await fetch(`${place(id)}/thumbnail`)).status).toBe(422);
  });
});

test('a HEAD is answered without a body', async () => {
  const { id } = await named('西瓜');
  for (const path of [`items/${id}/original`, 'events']) {
    const response = await fetch(`${server.address}/v1/collections/default/${path}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  }
});

test('the end does not wait for those who only listen', async () => {
  const own = await serve(clip, { collections: ['default'] });
  const events = await fetch(`${own.address}/v1/collections/default/events`);
  const text = events.text();
  await own.close();
  expect(await text).toContain('event: idle');
  // Well below the time for which connections are kept.
}, 5000);
