/**
 * `npx tsx bench/read.ts [file]`: memory and time of reading every tensor of a checkpoint, beside reading the file's bytes into
 * one buffer; each in a process of its own, in turns. Left out: `build/bench/sizes/ViT-H-14`, which `fidelity-sizes.ts` leaves
 * while it runs, or ViT-B/16.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compiledWorkers } from './environment.ts';
import { peakMemory } from './load.ts';
import { randomModel } from './model.ts';
import { Measured } from './process.ts';
import { median } from './statistics.ts';

const ROUNDS = 3;
const KINDS = ['nothing', 'bytes', 'tensors'] as const;

const file = process.argv[2] ?? join(await randomModel(), 'model.safetensors');
if (!existsSync(file)) throw new Error(`${file} is not there`);
const { size } = statSync(file);
const worker = (await compiledWorkers())('read');
const results = new Map(KINDS.map((kind) => [kind, { seconds: [] as number[], memory: [] as number[] }]));
for (let round = 0; round < ROUNDS; round++) {
  for (const kind of KINDS) {
    const process_ = Measured.start(`read-${kind}`, [process.execPath, worker, kind, file], 1);
    await process_.notice('ready');
    const { seconds } = await process_.ask({ kind: 'steps', count: 1 });
    results.get(kind)!.seconds.push(seconds);
    results.get(kind)!.memory.push((await peakMemory(process_.pid)) ?? Number.NaN);
    await process_.end();
  }
}
const empty = median(results.get('nothing')!.memory);
console.log(`${file}: ${(size / 1e6).toFixed(0)} MB`);
for (const kind of ['bytes', 'tensors'] as const) {
  const { seconds, memory } = results.get(kind)!;
  const own = median(memory) - empty;
  const plain = median(results.get('bytes')!.seconds);
  const time = median(seconds);
  console.log(
    `${kind}: ${time.toFixed(2)} s (${(time / plain).toFixed(2)} of reading bytes), ${(own / 1e6).toFixed(0)} MB (${(own / size).toFixed(3)} of the file)`,
  );
}
