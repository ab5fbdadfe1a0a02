import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Progress } from '../base/index.ts';
import { fromFloat32, readSharded, toFloat32, writeSafetensors } from './index.ts';

const A = 'model-00001-of-00002.safetensors';
const B = 'model-00002-of-00002.safetensors';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-shards-'));
  const number = (value: number) => fromFloat32(Float32Array.of(value), []);
  await writeSafetensors(
    join(folder, A),
    new Map([
      ['x', number(1)],
      ['y', number(2)],
    ]),
  );
  await writeSafetensors(join(folder, B), new Map([['z', number(3)]]));
});
afterAll(() => rm(folder, { recursive: true }));

async function index(content: unknown): Promise<string> {
  const path = join(folder, 'model.safetensors.index.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('the shards of an index are one state dict, in the order of the index', async () => {
  const reports: Progress[] = [];
  const path = await index({ metadata: { total_size: 12 }, weight_map: { z: B, x: A, y: A } });
  const read = await readSharded(path, { onProgress: (progress) => reports.push(progress) });
  expect(Array.from(read, ([name, tensor]) => [name, toFloat32(tensor)[0]])).toEqual([
    ['z', 3],
    ['x', 1],
    ['y', 2],
  ]);
  expect(reports.at(-1)).toMatchObject({ done: 12, total: 12 });
});

test('missing and extra tensors are named', async () => {
  await expect(readSharded(await index({ weight_map: { x: A, w: A, y: B, z: B } }))).rejects.toMatchObject({
    code: 'TUWEN_CHECKPOINT_MISMATCH',
    value: { missing: ['w', 'y'], unexpected: [`${A}: y`] },
  });
});

test.each([
  '../model.safetensors',
  'sub/model.safetensors',
  '/model.safetensors',
  '..\\model.safetensors',
  'C:model.safetensors',
  '..safetensors',
  'model.pt',
  'model.safetensors\0.safetensors',
  '',
  7,
])('the shard name %j is refused', async (shard) => {
  await expect(readSharded(await index({ weight_map: { x: shard } }))).rejects.toMatchObject({
    code: 'TUWEN_SHARD_NAME_UNSAFE',
    value: { shard: String(shard) },
  });
});

test.each(['{', '[]', 'null', '{"weight_map":[]}'])('the index %s is refused', async (text) => {
  await expect(readSharded(await index(text))).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
});
