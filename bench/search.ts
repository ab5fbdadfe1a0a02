/**
 * `node --import ./test/support/typescript.mjs bench/search.ts [--count 100000] [--against python]`: the embedded store
 * on clustered vectors of 512 numbers: building, time of a query, recall of the ten nearest, memory; beside faiss in the
 * same run. Exact neighbours are summed here.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseWhere, type StoredItem } from '../src/search/index.ts';
import { embeddedStore } from '../src/search/stores/embedded/store.ts';
import { seeded } from '../test/support/seeded.ts';
import { searchEnvironment } from './environment.ts';
import { buildPath, pythonPath } from './paths.ts';
import { run } from './process.ts';

const DIM = 512;
const CLUSTERS = 2000;
const QUERIES = 200;
const TOP = 10;
const BATCH = 1000;

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, against: { type: 'string' } },
});
const count = Number(values.count);
const folder = buildPath('search');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const random = seeded(1);
const gaussian = () => random() + random() + random() + random() - 2;
const centres = Array.from({ length: CLUSTERS }, () => Float32Array.from({ length: DIM }, gaussian));

/** A unit vector around one of the centres, as far from it as pictures of one subject are: cosines of about 0.5. */
function vector(): Float32Array {
  const centre = centres[Math.floor(random() * CLUSTERS)]!;
  const made = centre.map((value) => value + gaussian());
  let sum = 0;
  for (let i = 0; i < DIM; i++) sum += made[i]! * made[i]!;
  const length = Math.sqrt(sum);
  return made.map((value) => value / length);
}

const queries = Array.from({ length: QUERIES }, vector);
const nearest = queries.map(() => [] as { score: number; id: string }[]);

function compare(made: Float32Array, id: string): void {
  for (const [q, query] of queries.entries()) {
    let score = 0;
    for (let i = 0; i < DIM; i++) score += query[i]! * made[i]!;
    const best = nearest[q]!;
    if (best.length === TOP && score <= best.at(-1)!.score) continue;
    best.push({ score, id });
    best.sort((a, b) => b.score - a.score);
    best.length = Math.min(best.length, TOP);
  }
}

function itemOf(number: number, made: Float32Array): StoredItem {
  const id = number.toString(16).padStart(32, '0');
  const path = `/pictures/${number % 10}/${number}.jpg`;
  const modified = new Date(1.6e12 + number * 1000).toISOString();
  const item = {
    id,
    path,
    folder: `/pictures/${number % 10}`,
    size: number,
    modified,
    width: 1,
    height: 1,
    hash: id,
  };
  return { item, vector: made };
}

const seconds = (since: number) => (performance.now() - since) / 1000;
const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

const store = await embeddedStore(join(folder, 'store'));
await store.setModel({ name: 'none', dim: DIM, fingerprint: '' });
const raw = openSync(join(folder, 'vectors.f32'), 'w');
let storing = 0;
for (let from = 0; from < count; from += BATCH) {
  const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => itemOf(from + i, vector()));
  for (const { item, vector: made } of batch) {
    compare(made, item.id);
    writeSync(raw, new Uint8Array(made.buffer));
  }
  const began = performance.now();
  await store.upsert(batch);
  storing += seconds(began);
}
closeSync(raw);

const began = performance.now();
await store.optimise({});
const building = seconds(began);
await store.close();

const reopened = performance.now();
const opened = await embeddedStore(join(folder, 'store'));
await opened.search(queries[0]!, { top: TOP });
const first = seconds(reopened) * 1000;
const measure = async (where?: string) => {
  const times: number[] = [];
  let found = 0;
  for (const [q, query] of queries.entries()) {
    const start = performance.now();
    const results = await opened.search(query, { top: TOP, ...(where && { where: parseWhere(where) }) });
    times.push(performance.now() - start);
    const wanted = new Set(nearest[q]!.map(({ id }) => id));
    found += results.filter(({ item }) => wanted.has(item.id)).length;
  }
  return { median: median(times), recall: found / (QUERIES * TOP) };
};
const all = await measure();
const filtered = await measure('folder = 3');
await opened.close();
const files = await readdir(join(folder, 'store'));
const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, 'store', name))).size));

console.log(`${count} vectors of ${DIM} numbers, ${CLUSTERS} clusters, ${QUERIES} queries`);
console.log(`tuwen: stored in ${storing.toFixed(0)} s, index in ${building.toFixed(0)} s`);
console.log(
  `  opened and asked once: ${first.toFixed(0)} ms; query ${all.median.toFixed(2)} ms; recall@10 ${all.recall}`,
);
console.log(`  query behind a filter that leaves a tenth: ${filtered.median.toFixed(2)} ms`);
console.log(
  `  disk ${megabytes(sizes.reduce((a, b) => a + b, 0))} MB; at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB of memory`,
);

if (values.against === 'python') {
  const flat = new Float32Array(QUERIES * DIM);
  queries.forEach((query, i) => {
    flat.set(query, i * DIM);
  });
  await writeFile(join(folder, 'queries.f32'), new Uint8Array(flat.buffer));
  await writeFile(
    join(folder, 'nearest.json'),
    JSON.stringify(nearest.map((best) => best.map(({ id }) => Number.parseInt(id, 16)))),
  );
  await run(await searchEnvironment(), [pythonPath('search_faiss.py'), folder]);
}
