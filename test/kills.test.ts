/**
 * Collections survive what ends processes: kill -9 at any moment, and a full disk. `npm run test:long` kills more often;
 * `TUWEN_KILLS` and `TUWEN_KILLS_SEED` say how often, and when.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Clip, loadClip } from '../src/clip/index.ts';
import type { Item } from '../src/search/index.ts';
import { embeddedStore } from '../src/search/stores/embedded/store.ts';
import { largestDifference } from './support/numbers.ts';
import { ROOT } from './support/package.ts';
import { seeded } from './support/seeded.ts';
import { LIMITS } from './support/sync-child.ts';

const KILLS = Number(process.env.TUWEN_KILLS ?? 4);
const SEED = Number(process.env.TUWEN_KILLS_SEED ?? 1);
const CONTENTS = 24;

let clip: Clip;
let base: string;
let photos: string;
let store: string;
/** Of each content, by its hash: the picture's vector. */
const vectors = new Map<string, Float32Array>();
const contents: Buffer[] = [];

beforeAll(async () => {
  clip = await loadClip('mini', { threads: 1 });
  contents.push(...Array.from({ length: CONTENTS }, (_, i) => bitmap(i)));
  const embedded = await clip.embedImages(contents);
  for (const [i, content] of contents.entries()) vectors.set(hashOf(content), embedded.at(i));
});
afterAll(() => clip.close());
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tuwen-kills-'));
  photos = join(base, 'photos');
  store = join(base, 'store');
  await mkdir(photos);
  return () => rm(base, { recursive: true, force: true });
});

const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** A BMP of 12 × 12 pixels of noise. */
function bitmap(seed: number): Buffer {
  const random = seeded(1000 + seed);
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54 + 432, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(12, 18);
  head.writeInt32LE(12, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  const colours = [random(), random(), random()].map((value) => value * 200);
  return Buffer.concat([
    head,
    Buffer.from(Array.from({ length: 432 }, (_, i) => colours[i % 3]! + 55 * random())),
  ]);
}

/** Some files come, change, move and go. */
async function shuffleFiles(random: () => number): Promise<void> {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
  for (let i = 0; i < 12; i++) {
    const name = pick(await readdir(photos));
    const kind = random();
    const fresh = join(photos, `${Math.floor(random() * 1e9)}.bmp`);
    if (kind < 0.5 || name === undefined) await writeFile(fresh, pick(contents)!);
    else if (kind < 0.7) await writeFile(join(photos, name), pick(contents)!);
    else if (kind < 0.85) await rename(join(photos, name), fresh);
    else await unlink(join(photos, name));
  }
}

function startSync(limit = '') {
  const child = spawn(
    'bash',
    [
      '-c',
      `${limit} exec "$0" "$@"`,
      process.execPath,
      '--import',
      join(ROOT, 'test/support/typescript.mjs'),
      join(ROOT, 'test/support/sync-child.ts'),
      photos,
      store,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  return { child, said, ready: once(lines, 'line'), ended: once(child, 'close') };
}

/** A file as it was taken in. */
const versionOf = ({ path, hash, modified }: Item) => `${path} ${hash} ${modified}`;

/** The pictures taken in so far, as the process said. */
const acknowledged = (said: readonly string[]) =>
  Math.max(0, ...said.map((line) => Number(/^image (\d+)/.exec(line)?.[1] ?? 0)));

/** Everything stored is whole: each item has the vector of its own content, and the index finds it. */
async function checkItems() {
  const opened = await embeddedStore(store, LIMITS);
  try {
    const items = await opened.list({ limit: 10_000 });
    expect(new Set(items.map(({ path }) => path)).size).toBe(items.length);
    expect(await opened.count()).toBe(items.length);
    for (const { item, vector } of await opened.vectors(items.map(({ id }) => id))) {
      const wanted = vectors.get(item.hash)!;
      expect(largestDifference(vector, wanted)).toBeLessThan(1e-5);
      const [first] = await opened.search(wanted, { top: 1 });
      expect(first!.item.hash).toBe(item.hash);
      expect(first!.score).toBeCloseTo(1, 5);
    }
    return items;
  } finally {
    await opened.close();
  }
}

/** A run that is not ended lets the collection hold what the folder holds. How long it took once it was ready. */
async function checkFinished(): Promise<number> {
  const { said, ready, ended } = startSync();
  await ready;
  const began = performance.now();
  await ended;
  const time = performance.now() - began;
  expect(said.at(-1)).toMatch(/^report /);
  const items = await checkItems();
  const wanted = await Promise.all(
    (await readdir(photos)).map(async (name) => {
      const path = join(photos, name);
      return [path, hashOf(await readFile(path))];
    }),
  );
  expect(items.map(({ path, hash }) => [path, hash]).sort()).toEqual(wanted.sort());
  return time;
}

test(
  `nothing is lost, doubled or mixed up by kill -9 (seed ${SEED})`,
  async () => {
    const random = seeded(SEED);
    await shuffleFiles(random);
    const longest = await checkFinished();
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await shuffleFiles(random);
      const before = new Set((await checkItems()).map(versionOf));
      const { child, said, ready, ended } = startSync();
      await ready;
      const finished = await Promise.race([ended.then(() => true), pause(random() * longest, false)]);
      if (!finished) interrupted += 1;
      child.kill('SIGKILL');
      await ended;
      const items = await checkItems();
      const taken = items.filter((item) => !before.has(versionOf(item)));
      expect(taken.length).toBeGreaterThanOrEqual(acknowledged(said));
      for (const { path, hash } of taken) expect(hash, path).toBe(hashOf(await readFile(path)));
    }
    console.log(`${KILLS} processes, ${interrupted} killed before their end, seed ${SEED}`);
    expect(interrupted).toBeGreaterThan(0);
    await checkFinished();
  },
  120_000 + KILLS * 20_000,
);

test('a full disk is told of, and nothing is damaged', async () => {
  const random = seeded(SEED + 1);
  await shuffleFiles(random);
  await checkFinished();
  const before = await checkItems();
  for (let i = 0; i < 40; i++) await writeFile(join(photos, `more-${i}.bmp`), contents[i % CONTENTS]!);
  const { said, ended } = startSync('ulimit -f 120;');
  const [code] = await ended;
  expect({ code, last: said.at(-1) }).toEqual({ code: 1, last: 'error TUWEN_FILE_UNWRITABLE' });
  const after = await checkItems();
  expect(after.length).toBeGreaterThanOrEqual(before.length);
  await checkFinished();
});
