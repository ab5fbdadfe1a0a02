/**
 * `npx tsx bench/fine-tune.ts [--against python] [--rounds 3] [--threads 2] [--cases 8,8c,32c,128c]`: steps of fine-tuning
 * ViT-B/16 with BERT-base and RN50 with RBT3, ours and the reference's in torch in one run. Writes `build/bench/fine-tune.md` and `.json`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { PublishedName } from '../src/clip/index.ts';
import { compiledWorkers, python } from './environment.ts';
import { peakMemory, type Watched, watched } from './load.ts';
import { type Figure, figure } from './measure.ts';
import { randomModel } from './model.ts';
import { buildPath, pythonPath } from './paths.ts';
import { Measured } from './process.ts';
import { machine, markdownTable, marked, megabytes } from './report.ts';

/** A way to fine-tune: pairs of a step, in how many parts, blocks computed again or remembered. */
interface Case {
  readonly model: PublishedName;
  readonly batch: number;
  readonly parts: number;
  readonly checkpointing: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  '8': { model: 'ViT-B-16', batch: 8, parts: 1, checkpointing: false },
  '8c': { model: 'ViT-B-16', batch: 8, parts: 1, checkpointing: true },
  '32c': { model: 'ViT-B-16', batch: 32, parts: 1, checkpointing: true },
  '32a': { model: 'ViT-B-16', batch: 32, parts: 4, checkpointing: false },
  '128a': { model: 'ViT-B-16', batch: 128, parts: 16, checkpointing: false },
  '128c': { model: 'ViT-B-16', batch: 128, parts: 4, checkpointing: true },
  'rn50-16': { model: 'RN50', batch: 16, parts: 1, checkpointing: false },
};

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    cases: { type: 'string', default: Object.keys(CASES).join() },
  },
});
const [rounds, threads] = [Number(values.rounds), Number(values.threads)];
const ours = [process.execPath, (await compiledWorkers())('fine-tune')];
const commands = new Map([['tuwen', ours]]);
if (values.against === 'python') {
  const torch = [await python(), pythonPath('fine_tune.py')];
  commands.set('torch, texts padded to 52 as the reference does', [...torch, '52']);
  commands.set('torch, texts as long as they are', [...torch, '20']);
}

interface Result {
  readonly label: string;
  readonly step: Figure;
  readonly memory: number | undefined;
  readonly loss: number;
}

const tables: { name: string; results: Result[] }[] = [];
for (const name of values.cases.split(',')) {
  const { model, batch, parts, checkpointing } = CASES[name]!;
  const options = [await randomModel(model), `${threads}`, `${batch}`, `${parts}`, `${checkpointing}`];
  const results = await measured(name, options);
  tables.push({ name, results });
  console.log(
    `${name}: ${results.map(({ label, step }) => `${label} ${step.value.toFixed(2)} s`).join('; ')}`,
  );
}

/** Every trainer in turn, `rounds` steps each after one that does not count. */
async function measured(name: string, options: readonly string[]): Promise<Result[]> {
  const trainers = [...commands].map(([label, [program, script, ...own]], i) => ({
    label,
    process: Measured.start(`fine-tune-${name}-${i}`, [program!, script!, ...options, ...own], threads),
    samples: [] as Watched<number>[],
    loss: Number.NaN,
  }));
  for (const { process } of trainers) await process.notice('ready');
  for (const trainer of trainers) {
    const { loss } = await trainer.process.ask({ kind: 'steps', count: 1 });
    trainer.loss = loss!;
  }
  for (let round = 0; round < rounds; round++) {
    for (const { process, samples } of trainers) {
      const { result, foreign } = await watched(process.pid, () => process.ask({ kind: 'steps', count: 1 }));
      samples.push({ result: result.seconds, foreign });
    }
  }
  const results: Result[] = [];
  for (const { label, process, samples, loss } of trainers) {
    results.push({ label, step: figure(samples), memory: await peakMemory(process.pid), loss });
    await process.end();
  }
  return results;
}

const rows = tables.flatMap(({ name, results }) => {
  const { model, batch, parts, checkpointing } = CASES[name]!;
  const [own] = results;
  return results.map(({ label, step, memory, loss }) => [
    model,
    `${batch}${parts > 1 ? ` in ${parts} parts` : ''}${checkpointing ? ', checkpointed' : ''}`,
    label,
    marked(step.value.toFixed(2), step),
    (own!.step.value / step.value).toFixed(2),
    megabytes(memory),
    memory && own!.memory ? (own!.memory / memory).toFixed(2) : '—',
    loss.toFixed(4),
  ]);
});
const text = [
  '# Fine-tuning',
  [...machine(), `- ${threads} threads, medians of ${rounds} steps, texts of 20 tokens`].join('\n'),
  markdownTable(
    [
      'pairs a step',
      '',
      's a step',
      'tuwen’s time / this',
      'peak memory, MB',
      'tuwen’s memory / this',
      'first loss',
    ],
    rows,
  ),
].join('\n\n');
await writeFile(buildPath('fine-tune.json'), `${JSON.stringify(tables, null, 2)}\n`);
await writeFile(buildPath('fine-tune.md'), `${text}\n`);
console.log(text);
