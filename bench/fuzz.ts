/**
 * `npx tsx bench/fuzz.ts --minutes 10 --seed 1`: the cases of `test/fuzz`, as many as there is time for, in a process of
 * its own with a small heap. Ends with 1 where that process dies, hangs, or finds what should not be.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FuzzLine } from './fuzz-process.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];

const HEAP_MB = 256;
/** How long the process may say nothing: a case has its own, shorter bound, so this is a hang. */
const SILENCE = 60_000;

const folder = await mkdtemp(join(tmpdir(), 'tuwen-fuzz-'));
const program = fileURLToPath(new URL('fuzz-process.ts', import.meta.url));
const child = spawn(
  process.execPath,
  [...process.execArgv, `--max-old-space-size=${HEAP_MB}`, program, folder, String(seed), String(minutes)],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const ending = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
let last: FuzzLine | undefined;
let hung = false;
const onSilence = () => {
  hung = true;
  child.kill('SIGKILL');
};
let timer = setTimeout(onSilence, SILENCE);
for await (const line of createInterface({ input: child.stdout })) {
  clearTimeout(timer);
  timer = setTimeout(onSilence, SILENCE);
  last = JSON.parse(line) as FuzzLine;
}
clearTimeout(timer);
const [code, signal] = await ending;
await rm(folder, { recursive: true, force: true });

const { cases = {}, peakMegabytes = 0, at = 'nothing' } = last ?? {};
console.log('| file | cases | refused |\n| --- | --- | --- |');
for (const [name, { run, refused }] of Object.entries(cases))
  console.log(`| ${name} | ${run} | ${refused} |`);
const total = Object.values(cases).reduce((sum, { run }) => sum + run, 0);
console.log(`\n${total} cases, seed ${seed}, ${minutes} minutes; at most ${peakMegabytes} MB resident.`);
if (hung) console.log(`Hung after ${at}.`);
else if (signal) console.log(`Died by ${signal} after ${at}.`);
if (hung || signal || code !== 0) process.exitCode = 1;
