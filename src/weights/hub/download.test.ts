import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commitOf, type Fault, type HubServer, json, sha256, startHub } from '../../../test/support/hub.ts';
import { startProxy } from '../../../test/support/proxy.ts';
import { isTuwenError } from '../../base/index.ts';
import {
  type DownloadOptions,
  downloadRepository,
  findRepository,
  type HubName,
  listRepository,
  type Repository,
} from './index.ts';

const ID = 'org/name';
const SIZE = 3_000_000;
const LARGE = new Uint8Array(randomBytes(SIZE));
const FILES = { 'config.json': new TextEncoder().encode('{"a":1}'), 'model.safetensors': LARGE };
const everything = (names: readonly string[]) => names;

let hub: HubServer;
let cacheDir: string;

beforeEach(async () => {
  hub = await startHub(ID, FILES);
  cacheDir = mkdtempSync(join(tmpdir(), 'tuwen-hub-'));
  for (const name of ['HF_TOKEN', 'MODELSCOPE_API_TOKEN']) vi.stubEnv(name, 'secret');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(cacheDir, { recursive: true, force: true });
});

const optionsWith = (more: DownloadOptions = {}): DownloadOptions => ({
  mirror: hub.url,
  cacheDir,
  pause: 1,
  timeout: 5000,
  ...more,
});

async function get(name: HubName, more: DownloadOptions = {}, repository: Partial<Repository> = {}) {
  const asked = { hub: name, id: ID, ...repository };
  const options = optionsWith(more);
  return downloadRepository(asked, await listRepository(asked, everything, options), options);
}

/** Every file in the cache that is not a beginning, with whether it is what the hub has. */
function goodFiles(): boolean[] {
  const known = new Set(
    [...hub.repositories.values()].flatMap((revisions) =>
      [...revisions.values()].flatMap((files) => Object.values(files).map(sha256)),
    ),
  );
  return readdirSync(cacheDir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !/incomplete$|refs$/.test(join(entry.parentPath, entry.name)))
    .filter(({ parentPath }) => !parentPath.endsWith('refs'))
    .map((entry) => known.has(sha256(readFileSync(join(entry.parentPath, entry.name)))));
}

function expectWhole(folder: string): void {
  for (const [name, bytes] of Object.entries(FILES))
    expect(sha256(readFileSync(join(folder, name))), name).toBe(sha256(bytes));
  expect(
    readdirSync(cacheDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('incomplete'),
    ),
  ).toEqual([]);
}

/** Lets the content store misbehave at its first `times` answers. */
function atFirst(times: number, misbehave: (response: ServerResponse, file: Uint8Array) => void): Fault {
  let left = times;
  return ({ store }, response, file) => {
    if (!store || left === 0) return false;
    left -= 1;
    misbehave(response, file);
    return true;
  };
}

/** Sends a beginning of a file and then does what is told. */
const beginning =
  (bytes: number, then: (response: ServerResponse) => void) =>
  (response: ServerResponse, file: Uint8Array) => {
    response.writeHead(200, { 'content-length': file.byteLength });
    response.write(file.subarray(0, bytes), () => setTimeout(() => then(response), 20));
  };
const cut = (response: ServerResponse) => response.destroy();

const codeOf = (error: unknown) => (isTuwenError(error) ? error.code : String(error));
const failure = (promise: Promise<unknown>) => promise.then(() => 'no error', codeOf);

describe.each(['huggingface', 'modelscope'] as const)('%s', (name) => {
  test('a repository comes whole, and is found again without asking', async () => {
    const progress: number[] = [];
    const folder = await get(name, { onProgress: ({ done }) => progress.push(done) });
    expectWhole(folder);
    expect(progress.at(-1)).toBe(SIZE + 7);
    const asked = hub.requests.length;
    const [found] = await findRepository({ hub: name, id: ID }, { cacheDir });
    expect(found).toEqual({ folder, names: ['config.json', 'model.safetensors'] });
    await get(name);
    expect(hub.requests.length).toBe(asked + 1);
  });

  test('a broken connection goes on where it broke', async () => {
    hub.fault = atFirst(1, beginning(1_000_000, cut));
    expectWhole(await get(name));
    const [first, second] = hub.downloads;
    expect(first!.range).toBe(undefined);
    const from = Number(/^bytes=(\d+)-2999999$/.exec(second!.range!)![1]);
    expect(from).toBeGreaterThan(0);
    expect(from).toBeLessThanOrEqual(1_000_000);
  });

  test('a stalled connection is given up and goes on', async () => {
    hub.fault = atFirst(
      1,
      beginning(1_000_000, () => {}),
    );
    expectWhole(await get(name, { timeout: 300 }));
    expect(hub.downloads[1]!.range).toMatch(/^bytes=[1-9]\d*-2999999$/);
  });

  test('an answer that ends early is completed', async () => {
    hub.fault = atFirst(1, (response, file) => response.writeHead(200).end(file.subarray(0, 5000)));
    expectWhole(await get(name));
    expect(hub.downloads[1]!.range).toBe('bytes=5000-2999999');
  });

  test('wrong bytes are thrown away, and nothing of them stays', async () => {
    const wrong = new Uint8Array(randomBytes(SIZE));
    hub.fault = atFirst(99, (response) => response.writeHead(200).end(wrong));
    expect(await failure(get(name))).toBe('TUWEN_DOWNLOAD_CORRUPT');
    expect(goodFiles()).not.toContain(false);
    hub.fault = undefined;
    expectWhole(await get(name));
    expect(hub.downloads.at(-1)!.range).toBe(undefined);
  });

  test('a file that was begun with other bytes is begun anew', async () => {
    hub.fault = atFirst(99, beginning(1_500_000, cut));
    expect(await failure(get(name))).toBe('TUWEN_DOWNLOAD_FAILED');
    const partial = readdirSync(cacheDir, { recursive: true, encoding: 'utf8' })
      .map((path) => join(cacheDir, path))
      .find((path) => path.endsWith('incomplete') && statSync(path).size > 1000)!;
    writeFileSync(partial, randomBytes(1_500_000));
    hub.fault = undefined;
    expectWhole(await get(name));
    expect(hub.downloads.slice(-2).map(({ range }) => range)).toEqual(['bytes=1500000-2999999', undefined]);
  });

  test('a server that ignores ranges is taken from the beginning', async () => {
    let first = true;
    hub.fault = ({ store }, response, file) => {
      if (!store) return false;
      if (first) beginning(1_000_000, cut)(response, file);
      else response.writeHead(200, { 'content-length': file.byteLength }).end(file);
      first = false;
      return true;
    };
    expectWhole(await get(name));
  });

  test('a wrong range is refused and the whole file asked for', async () => {
    let answers = 0;
    hub.fault = ({ store, range }, response, file) => {
      if (!store || answers++ > 1) return false;
      if (range === undefined) beginning(1_000_000, cut)(response, file);
      else response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }).end(file);
      return true;
    };
    expectWhole(await get(name));
    expect(hub.downloads.at(-1)!.range).toBe(undefined);
  });

  test('a file that has another size now is not joined to what was there', async () => {
    let answers = 0;
    hub.fault = ({ store }, response, file) => {
      if (!store || answers++ > 1) return false;
      if (answers === 1) beginning(1_000_000, cut)(response, file);
      else response.writeHead(206, { 'content-range': 'bytes 1000000-4999999/5000000' }).end();
      return true;
    };
    expect(await failure(get(name))).toBe('TUWEN_DOWNLOAD_CORRUPT');
    expect(goodFiles()).not.toContain(false);
  });

  test('more bytes than announced are refused', async () => {
    hub.fault = atFirst(99, (response, file) => {
      response.writeHead(200);
      response.write(file);
      response.end(randomBytes(10));
    });
    expect(await failure(get(name))).toBe('TUWEN_DOWNLOAD_CORRUPT');
  });

  test.each([429, 500, 503])('%i is tried again, after as long as asked', async (status) => {
    hub.fault = atFirst(2, (response) => response.writeHead(status, { 'retry-after': '0' }).end());
    expectWhole(await get(name, { pause: 60_000 }));
    expect(hub.downloads.length).toBe(3);
  });

  test('a server that only fails is given up', async () => {
    hub.fault = ({ store }, response) => {
      if (!store) return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await failure(get(name))).toBe('TUWEN_DOWNLOAD_FAILED');
    expect(hub.downloads.length).toBe(5);
  });

  test('a wait of hours is not waited', async () => {
    hub.fault = atFirst(1, (response) => response.writeHead(429, { 'retry-after': '7200' }).end());
    expect(await failure(get(name))).toBe('TUWEN_DOWNLOAD_FAILED');
  });

  test('the token goes to the hub and to no other host', async () => {
    await get(name);
    const [own, store] = [false, true].map((at) => hub.requests.filter((each) => each.store === at));
    expect(own!.length).toBeGreaterThan(1);
    for (const { authorization } of own!) expect(authorization).toBe('Bearer secret');
    if (name === 'modelscope') for (const { cookie } of own!) expect(cookie).toBe('m_session_id=secret');
    expect(store!.length).toBe(1);
    for (const each of store!) expect([each.authorization, each.cookie]).toEqual([undefined, undefined]);
  });

  test.each([
    [401, 'TUWEN_HUB_REFUSED'],
    [403, 'TUWEN_HUB_REFUSED'],
    [404, 'TUWEN_REPOSITORY_MISSING'],
    [500, 'TUWEN_HUB_UNREACHABLE'],
  ])('a listing answered with %i ends with %s', async (status, code) => {
    hub.fault = (_, response) => {
      response.writeHead(status).end('{}');
      return true;
    };
    expect(await failure(get(name))).toBe(code);
  });

  test('a hub that is not there is told', async () => {
    const { url } = hub;
    await hub.close();
    expect(await failure(get(name, { mirror: url }))).toBe('TUWEN_HUB_UNREACHABLE');
    hub = await startHub(ID, FILES);
  });

  test('a circle of redirects is left', async () => {
    hub.fault = ({ path }, response) => {
      if (!/resolve|FilePath/.test(path)) return false;
      response.writeHead(302, { location: path }).end();
      return true;
    };
    expect(await failure(get(name))).toBe('TUWEN_HUB_ANSWER_INVALID');
  });

  test.each(['file:///etc/passwd', 'http://[', 'ftp://127.0.0.1/x'])(
    'a redirect to %s is refused',
    async (location) => {
      hub.fault = (_, response) => {
        response.writeHead(302, { location }).end();
        return true;
      };
      expect(await failure(get(name))).toBe('TUWEN_HUB_ANSWER_INVALID');
    },
  );

  test.each([
    '../evil',
    '/etc/evil',
    'a/../../evil',
    'a\\..\\evil',
    'C:evil',
    'a//b',
    '',
    'x\0y',
    `${'x'.repeat(300)}`,
  ])('a listing with the name %j is refused', async (bad) => {
    hub.repositories.get(ID)!.set('main', { [bad]: LARGE });
    hub.repositories.get(ID)!.set('master', { [bad]: LARGE });
    expect(await failure(get(name))).toBe('TUWEN_HUB_ANSWER_INVALID');
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test.each([
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['too much', `"${'x'.repeat(17 * 2 ** 20)}"`],
  ])('%s instead of a listing is refused', async (_, text) => {
    hub.fault = (__, response) => {
      response.writeHead(200).end(text);
      return true;
    };
    expect(await failure(get(name))).toBe('TUWEN_HUB_ANSWER_INVALID');
  });

  test('a file without room on the disk is not begun', async () => {
    hub.fault = ({ path }, response) => {
      if (!path.startsWith('/api')) return false;
      const [bytes, hash] = [2 ** 43, sha256(LARGE)];
      const sibling = { rfilename: 'model.bin', size: bytes, lfs: { sha256: hash, size: bytes } };
      const entry = { Path: 'model.bin', Size: bytes, Sha256: hash };
      json(response, 200, { sha: 'a'.repeat(40), siblings: [sibling], Data: { Files: [entry] } });
      return true;
    };
    expect(await failure(get(name))).toBe('TUWEN_DISK_FULL');
    expect(hub.downloads).toEqual([]);
  });

  test('a call that is given up keeps what came, and the next one goes on', async () => {
    const controller = new AbortController();
    hub.fault = atFirst(
      1,
      beginning(1_000_000, () => controller.abort()),
    );
    expect(await failure(get(name, { signal: controller.signal }))).toBe('TUWEN_CANCELLED');
    expect(goodFiles()).not.toContain(false);
    expectWhole(await get(name));
    expect(hub.downloads[1]!.range).toMatch(/^bytes=[1-9]\d*-2999999$/);
  });

  test('two at once download once', async () => {
    const folders = await Promise.all([get(name), get(name)]);
    expect(folders[0]).toBe(folders[1]);
    expectWhole(folders[0]!);
    expect(hub.downloads.length).toBe(1);
  });

  test('what changed at a branch is fetched, the rest is not', async () => {
    await get(name);
    const config = new TextEncoder().encode('{"a":2}');
    for (const branch of ['main', 'master'])
      hub.repositories.get(ID)!.set(branch, { ...FILES, 'config.json': config });
    const folder = await get(name);
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe('{"a":2}');
    expect(hub.downloads.length).toBe(1);
    const [found] = await findRepository({ hub: name, id: ID }, { cacheDir });
    expect(found!.folder).toBe(folder);
  });

  test('a revision that is none is refused', async () => {
    expect(await failure(get(name, {}, { revision: 'v9' }))).toBe('TUWEN_REPOSITORY_MISSING');
    for (const revision of ['../x', '/x', 'a//b', '', 'a..\\b'])
      expect(await failure(get(name, {}, { revision }))).toBe('TUWEN_BAD_ARGUMENT');
    for (const id of ['../x', 'a', 'a/b/c', '/a/b', 'a/..', 'a--b/c', 'a/b c'])
      expect(await failure(get(name, {}, { id }))).toBe('TUWEN_BAD_ARGUMENT');
  });

  test('requests go through the proxy of the environment, and past it where told', async () => {
    const proxy = await startProxy(hub.url);
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('http_proxy', proxy.url);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    vi.stubEnv('no_proxy', '127.0.0.1');
    try {
      const asked = { hub: name, id: ID };
      const listing = await listRepository(asked, everything, optionsWith({ mirror: 'http://hub.invalid' }));
      expect(listing.files.length).toBe(2);
      expect(proxy.hosts).toEqual(['hub.invalid:80']);
      await get(name);
      expect(proxy.hosts.length).toBe(1);
    } finally {
      await proxy.close();
    }
  });
});

test('a mirror whose listing has no sizes is asked file by file', async () => {
  hub.fault = ({ path }, response) => {
    if (!path.startsWith('/api')) return false;
    json(response, 200, {
      sha: commitOf(FILES),
      siblings: Object.keys(FILES).map((rfilename) => ({ rfilename })),
    });
    return true;
  };
  expectWhole(await get('huggingface'));
  expect(hub.requests.filter(({ method, store }) => method === 'HEAD' && store)).toEqual([]);
});

test('Hugging Face: the cache has the layout of its own tools', async () => {
  const folder = await get('huggingface');
  const storage = join(cacheDir, 'models--org--name');
  const commit = readFileSync(join(storage, 'refs/main'), 'utf8');
  expect(folder).toBe(join(storage, 'snapshots', commit));
  expect(readdirSync(join(storage, 'blobs')).sort()).toContain(sha256(LARGE));
  expect(existsSync(join(dirname(folder), commit, 'model.safetensors'))).toBe(true);
});

test('ModelScope: folders of its older tools are found, for who asks for no revision', async () => {
  for (const place of [
    'models/org/my___clip',
    'hub/models/org/my___clip',
    'org/my___clip',
    'hub/org/my___clip',
  ]) {
    const root = join(cacheDir, place.replaceAll('/', '-'));
    mkdirSync(join(root, place), { recursive: true });
    writeFileSync(join(root, place, 'vocab.txt'), 'x');
    const repository = { hub: 'modelscope', id: 'org/my.clip' } as const;
    const found = await findRepository(repository, { cacheDir: root });
    expect(found).toEqual([{ folder: join(root, place), names: ['vocab.txt'] }]);
    expect(await findRepository({ ...repository, revision: 'v1' }, { cacheDir: root })).toEqual([]);
  }
});
