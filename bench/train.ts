/**
 * `npx tsx bench/train.ts [--against python] [--rounds 7] [--steps 10] [--threads 2]`: the small model's picture step, ours
 * and torch's in one run. Writes `build/bench/train.md` and `train.json`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compiledWorkers, python } from './environment.ts';
import { peakMemory, type Watched, watched } from './load.ts';
import { type Figure, figure } from './measure.ts';
import { buildPath, pythonPath } from './paths.ts';
import { Measured } from './process.ts';
import { machine, markdownTable, marked, megabytes } from './report.ts';
import { BATCH, writeTrainStart } from './train-start.ts';

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
  },
});
const [rounds, steps, threads] = [values.rounds, values.steps, values.threads].map(Number) as [
  number,
  number,
  number,
];

const start = await writeTrainStart();
const worker = await compiledWorkers();
const commands = new Map([['tuwen', [process.execPath, worker('train'), start, `${threads}`]]]);
if (values.against === 'python') {
  const torch = [await python(), pythonPath('train.py'), start, `${threads}`];
  commands.set('torch (its default, NCHW)', [...torch, 'nchw']);
  commands.set('torch (channels_last)', [...torch, 'channels_last']);
}

const trainers = [...commands].map(([label, command], i) => ({
  label,
  process: Measured.start(`train-${i}`, command, threads),
  samples: [] as Watched<number>[],
  losses: [] as number[],
}));
for (const { process } of trainers) await process.notice('ready');
for (const { process, losses } of trainers) {
  const first = await process.ask({ kind: 'steps', count: 1 });
  losses.push(first.loss!);
}
for (let round = 0; round < rounds; round++) {
  for (const { process, samples, losses } of trainers) {
    const { result, foreign } = await watched(process.pid, () =>
      process.ask({ kind: 'steps', count: steps }),
    );
    samples.push({ result: result.seconds, foreign });
    losses.push(result.loss!);
  }
}
const results: { label: string; step: Figure; memory: number | undefined; losses: readonly number[] }[] = [];
for (const { label, process, samples, losses } of trainers) {
  results.push({ label, step: figure(samples), memory: await peakMemory(process.pid), losses });
  await process.end();
}

const ours = results[0]!;
const rows = results.map(({ label, step, memory, losses }) => [
  label,
  marked((BATCH / step.value).toFixed(0), step),
  (step.value / ours.step.value).toFixed(2),
  megabytes(memory),
  memory && ours.memory ? (memory / ours.memory).toFixed(2) : '—',
  losses[0]!.toFixed(5),
  losses[1]!.toFixed(5),
]);
const text = [
  '# The small model’s picture step',
  [
    ...machine(),
    `- batches of ${BATCH}, ${threads} threads, medians of ${rounds} rounds of ${steps} steps`,
  ].join('\n'),
  markdownTable(
    ['', 'pictures/s', '×', 'peak memory, MB', '×', 'first loss', `loss of step ${steps + 1}`],
    rows,
  ),
].join('\n\n');
await writeFile(buildPath('train.json'), `${JSON.stringify(results, null, 2)}\n`);
await writeFile(buildPath('train.md'), `${text}\n`);
console.log(text);
