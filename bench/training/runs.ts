/**
 * The runs of `docs/training.md`, each by `tuwen train` as it is built: `npx tsx bench/training/runs.ts [name…]`. A run that
 * was stopped goes on; one that has ended is only reported. Prints what each came to on the pictures that were kept out.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ROOT } from '../paths.ts';
import { run } from '../process.ts';

const folder = (...parts: string[]) => join(ROOT, 'build/training', ...parts);
const start = (name: string) => folder('starts', name);

const COMMON = {
  'batch-size': 256,
  'valid-batch-size': 256,
  'keep-apart': true,
  beta2: 0.98,
  eps: 1e-6,
  wd: 0.05,
  warmup: 20,
  'clip-grad-norm': 1,
  dropout: false,
  logs: folder('logs'),
};
const DRAWINGS = { 'train-data': folder('drawings'), 'val-data': folder('drawings') };
const SMALL = { ...COMMON, ...DRAWINGS, 'train-split': 'small' };
const STAMPS = {
  ...COMMON,
  'train-data': folder('stamps'),
  'val-data': folder('stamps'),
  model: 'mini',
  'batch-size': 64,
  'max-epochs': 10,
};

/** The settings of every run, by name. */
const RUNS: Readonly<Record<string, object>> = {
  'stamps-before': { ...STAMPS, lr: 1e-12, 'max-steps': 1 },
  'stamps-images': { ...STAMPS, lr: 1e-4, 'freeze-text': true },
  'stamps-both': { ...STAMPS, lr: 1e-4 },
  'stamps-lora': { ...STAMPS, lr: 1e-3, 'lora-rank': 8 },
  'two-stage': {
    ...SMALL,
    model: start('image-tower'),
    stages: [
      { 'freeze-vision': true, lr: 1e-3, 'max-steps': 30 },
      { lr: 3e-4, 'max-steps': 30 },
    ],
  },
  'one-stage': { ...SMALL, model: start('image-tower'), lr: 1e-3, 'max-steps': 60 },
  scratch: { ...SMALL, model: start('scratch'), lr: 1e-3, 'max-steps': 60 },
  student: { ...SMALL, model: start('student'), 'freeze-text': true, lr: 1e-3, 'max-steps': 80 },
  'student-taught': {
    ...SMALL,
    model: start('student'),
    'freeze-text': true,
    'teacher-model': 'mini',
    'kd-loss-weight': 5,
    lr: 1e-3,
    'max-steps': 80,
  },
  'mini-on': {
    ...COMMON,
    ...DRAWINGS,
    model: 'mini',
    'freeze-text': true,
    lr: 3e-4,
    'max-epochs': 1,
    'valid-step-interval': 50,
  },
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(RUNS)) {
  const file = folder(`${name}.yaml`);
  await writeFile(file, stringify({ ...RUNS[name]!, name }));
  await run(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'train', file]);
  const log = (await readFile(folder('logs', name, 'log.jsonl'), 'utf8')).trim().split('\n');
  const last = log.map((line) => JSON.parse(line)).findLast(({ kind }) => kind === 'validation');
  console.log(
    JSON.stringify({ name, step: last.step, textRecall: last.textRecall, imageRecall: last.imageRecall }),
  );
}
