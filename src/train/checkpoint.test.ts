/** A training checkpoint as a model: what loads it, and what it says of itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture, weightArrays } from '../../test/support/fixtures.ts';
import { convertModel, inspectModel, loadClip, readModel } from '../clip/index.ts';
import { initialState } from './adamw.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(['tiny-hf', 'tiny-rn'])('%s: a checkpoint holds all it needs to be loaded', async (name) => {
  const stored = await readModel(fixture(name));
  const weights = weightArrays(stored.weights);
  const shapes = new Map(Array.from(stored.weights, ([each, { shape }]) => [each, shape]));
  const optimizer = { ...initialState(weights.keys(), weights), step: 12 };
  const path = join(folder, `${name}.safetensors`);
  const { config, vocabulary } = stored;
  await saveCheckpoint(path, { weights, shapes, optimizer, data: 'data', model: { config, vocabulary } });

  expect(await loadCheckpoint(path, { weights, shapes, optimizer })).toBe('data');
  const read = await readModel(path);
  expect(read).toMatchObject({ layout: 'training', config, vocabulary, training: { step: 12 } });
  expect([...read.weights.keys()]).toEqual([...stored.weights.keys()]);
  for (const [each, tensor] of stored.weights) {
    if (tensor.dtype === 'I64') expect(read.weights.get(each)!.dtype).toBe('I64');
    else expect(Buffer.compare(read.weights.get(each)!.bytes, tensor.bytes), each).toBe(0);
  }
  expect(await inspectModel(path)).toMatchObject({
    layout: 'training',
    step: 12,
    optimizer: true,
    embedDim: config.embedDim,
    missing: [],
    unexpected: [],
  });

  await using clip = await loadClip(path, { threads: 1 });
  await using original = await loadClip(fixture(name), { threads: 1 });
  expect((await clip.embedTexts('一只猫')).data).toEqual((await original.embedTexts('一只猫')).data);
  await convertModel(path, join(folder, `${name}.pt`), { layout: 'cn_clip' });
  expect(await inspectModel(join(folder, `${name}.pt`))).toMatchObject({ step: 12, optimizer: false });
});
