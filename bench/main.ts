/**
 * `npm run bench [-- --against python] [--rounds 5] [--threads 2] [--quick]`: speed, cold start and memory of a
 * full-size model, ours and the peers' in one run. Writes `build/bench/results.md` and `results.json`.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { prepareEngines } from './engines.ts';
import { measureStarts, measureThroughput } from './measure.ts';
import { buildPath } from './paths.ts';
import { plan } from './plan.ts';
import { json, markdown } from './report.ts';

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    rounds: { type: 'string' },
    threads: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
if (values.against !== undefined && values.against !== 'python') {
  console.error(`--against ${values.against}: only python is known`);
  process.exit(2);
}
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const threads = Number(values.threads ?? availableParallelism());

const engines = await prepareEngines(threads, values.against === 'python');
const began = performance.now();
const say = (line: string) => console.error(`${((performance.now() - began) / 1000).toFixed(0)} s: ${line}`);
const starts = await measureStarts(engines, values.quick ? 1 : 3);
say('cold starts');
const throughput = await measureThroughput(engines, plan(values.quick), rounds, say);
const run = `random ViT-B/16 + BERT-base in fp32, ${threads} threads, medians of ${rounds} rounds`;
const results = { run, engines, throughput, starts };
await writeFile(buildPath('results.json'), json(results));
await writeFile(buildPath('results.md'), `${markdown(results)}\n`);
console.log(markdown(results));
