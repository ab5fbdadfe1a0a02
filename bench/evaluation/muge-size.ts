/**
 * `tuwen evaluate retrieval` on made-up features of the size of MUGE's test split: 30,399 pictures, 5,004 queries, 512
 * numbers each. Prints seconds and the largest resident memory (Linux). Everything lies in `build/bench/muge-size`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/base/index.ts';
import { featureLine } from '../../src/evaluate/index.ts';
import { buildPath, ROOT } from '../paths.ts';

const [PICTURES, QUERIES, DIM] = [30_399, 5_004, 512];
const folder = buildPath('muge-size');
const file = (name: string) => join(folder, name);
mkdirSync(folder, { recursive: true });
const random = createRandom(1);

async function write(name: string, count: number, line: (i: number) => string): Promise<void> {
  if (existsSync(file(name))) return;
  const stream = createWriteStream(file(name));
  for (let i = 0; i < count; i++) if (!stream.write(`${line(i)}\n`)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
}

/** A unit vector with a little of what its group shares, so that some answers are found and others are not. */
function vector(group: number): Float32Array {
  const own = createRandom(group + 1000);
  const numbers = Float32Array.from({ length: DIM }, () => own.normal() + 2.2 * random.normal());
  const length = Math.hypot(...numbers);
  return numbers.map((value) => value / length);
}

const groupOf = (query: number) => (query * 6) % PICTURES;
await write('test_imgs.img_feat.jsonl', PICTURES, (i) =>
  featureLine({ field: 'image_id', name: String(i), vector: vector(i) }),
);
await write('test_texts.txt_feat.jsonl', QUERIES, (i) =>
  featureLine({ field: 'text_id', name: String(i), vector: vector(groupOf(i)) }),
);
await write('test_texts.jsonl', QUERIES, (i) =>
  JSON.stringify({ text_id: i, text: `第${i}条`, image_ids: [groupOf(i)] }),
);

const args = ['evaluate', 'retrieval', '--annotations', file('test_texts.jsonl')];
args.push('--image-features', file('test_imgs.img_feat.jsonl'));
args.push('--text-features', file('test_texts.txt_feat.jsonl'), '-o', file('out'));
const start = performance.now();
const child = spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], { stdio: 'inherit' });
let resident = 0;
const watch = setInterval(() => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  resident = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? resident);
}, 100);
await once(child, 'exit');
clearInterval(watch);
console.log(
  `${((performance.now() - start) / 1000).toFixed(1)} s, ${Math.round(resident / 1024)} MB resident`,
);
