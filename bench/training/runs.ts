/**
 * The runs of `docs/training.md`, each by `tuwen train` as it is built: `npx tsx bench/training/runs.ts [name…]`. A run that
 * was stopped goes on; one that has ended is only reported. Prints what each came to on the pictures that were kept out, and
 * how long it took. `THREADS` says how many threads each has; default: one for each processor.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ROOT } from '../paths.ts';
import { run } from '../process.ts';
import { folder, logOf, RUNS } from './plans.ts';

const asked = process.argv.slice(2);
const threads = process.env.THREADS ? ['--threads', process.env.THREADS] : [];
for (const name of asked.length > 0 ? asked : Object.keys(RUNS)) {
  const file = folder(`${name}.yaml`);
  await writeFile(file, stringify({ ...RUNS[name]!, name }));
  const began = performance.now();
  await run(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'train', file, ...threads]);
  const seconds = Math.round((performance.now() - began) / 1000);
  const log = (await readFile(logOf(name), 'utf8')).trim().split('\n');
  const last = log.map((line) => JSON.parse(line)).findLast(({ kind }) => kind === 'validation');
  const { step, textRecall, imageRecall } = last;
  console.log(JSON.stringify({ name, step, seconds, textRecall, imageRecall }));
}
