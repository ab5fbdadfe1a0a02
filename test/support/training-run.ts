/** Short training runs of the tiny model, on pictures of the LMDB fixtures. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RunOptions,
  resolveSettings,
  runTraining,
  type StepEvent,
  type ValidationEvent,
} from '../../src/train/index.ts';
import { readSafetensors } from '../../src/weights/index.ts';
import { fixture } from './fixtures.ts';

/** Batches of 8 make five steps an epoch. */
export const TINY = {
  model: fixture('tiny-hf'),
  'train-data': fixture('lmdb/tsv'),
  'val-data': fixture('lmdb/tsv'),
  'batch-size': 8,
  'max-steps': 9,
  'valid-batch-size': 4,
  'log-interval': 1,
  warmup: 2,
  lr: 1e-3,
} as const;

/** What a run told. */
export interface Told {
  readonly steps: StepEvent[];
  readonly validations: ValidationEvent[];
  readonly notices: Parameters<NonNullable<RunOptions['onNotice']>>[0][];
}

export async function run(given: object, options: RunOptions = {}) {
  const told: Told = { steps: [], validations: [], notices: [] };
  const settings = resolveSettings({ ...TINY, ...given }, 'test');
  const result = await runTraining(settings, {
    threads: 1,
    ...options,
    onStep: async (step) => {
      told.steps.push(step);
      await options.onStep?.(step);
    },
    onValidation: (validation) => void told.validations.push(validation),
    onNotice: (notice) => void told.notices.push(notice),
  });
  return { ...result, made: result.steps, ...told };
}

/** The tensors of a checkpoint, weights and moments, each as a hash of its bytes. */
export async function tensorsOf(path: string): Promise<Map<string, string>> {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  return new Map(Array.from(await readSafetensors(path), ([name, { bytes }]) => [name, hash(bytes)]));
}

/** A data set of official form with these captions, each of the picture whose number it has in the fixtures. */
export async function writeCaptions(folder: string, lines: readonly { text: string; image_ids: number[] }[]) {
  await mkdir(folder, { recursive: true });
  const pictures = await readFile(fixture('lmdb/tsv/train_imgs.tsv'));
  await appendFile(join(folder, 'train_imgs.tsv'), pictures);
  const texts = lines.map((line, i) => JSON.stringify({ text_id: i, ...line }));
  await appendFile(join(folder, 'train_texts.jsonl'), `${texts.join('\n')}\n`);
  return folder;
}
