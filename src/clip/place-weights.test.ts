import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromFloat32, readSafetensors, type Tensor, toFloat32, writeSafetensors } from '../weights/index.ts';
import type { GraphWeight } from './graph-weights.ts';
import { placeWeights } from './place-weights.ts';

const numbers = (seed: number) => Float32Array.from({ length: 6 }, (_, i) => Math.sin(seed + i));
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-place-'));
  path = join(folder, 'model.safetensors');
  const odd: Tensor = { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) };
  const tensors = new Map<string, Tensor>([
    ['single', fromFloat32(numbers(1), [2, 3])],
    ['half', fromFloat32(numbers(2), [6], 'F16')],
    ['odd', odd],
    ['crooked', fromFloat32(numbers(3), [6])],
  ]);
  await writeSafetensors(path, tensors);
});
afterAll(() => rm(folder, { recursive: true }));

const NAMES = ['single', 'half', 'crooked'] as const;

async function read(mapped: boolean): Promise<GraphWeight[]> {
  const tensors = await readSafetensors(path, { mapped });
  return NAMES.map((name) => ({ name, tensor: tensors.get(name)!, dtype: 'F32' }));
}

test('a float32 tensor of a mapped file is named by its place there; what is widened is inline', async () => {
  const tensors = await read(true);
  const { places, buffers, folder: where } = placeWeights(tensors);
  expect(where).toBe(folder);
  expect(buffers.size).toBe(0);
  const [single, half, crooked] = NAMES.map((name) => places.get(name)!);
  expect(single).toEqual({
    location: 'model.safetensors',
    offset: tensors[0]!.tensor.stored!.offset,
    length: 24,
  });
  for (const [place, tensor] of [
    [half, tensors[1]!.tensor],
    [crooked, tensors[2]!.tensor],
  ] as const) {
    const { inline } = place as { inline: Uint8Array };
    expect(new Float32Array(inline.slice().buffer)).toEqual(toFloat32(tensor));
  }
});

test('tensors in memory stay in their buffers; others are widened into one more', async () => {
  const tensors = await read(false);
  const { places, buffers, folder: where } = placeWeights(tensors);
  expect(where).toBeUndefined();
  for (const { name, tensor } of tensors) {
    const place = places.get(name) as { location: string; offset: number; length: number };
    const bytes = buffers.get(place.location)!.slice(place.offset, place.offset + place.length);
    expect(new Float32Array(bytes.buffer)).toEqual(toFloat32(tensor));
  }
  const single = places.get('single') as { location: string };
  expect(buffers.get(single.location)!.buffer).toBe(tensors[0]!.tensor.bytes.buffer);
});

test('a mapped tensor has the bytes that reading gives', async () => {
  const [mapped, whole] = [await read(true), await read(false)];
  mapped.forEach(({ tensor }, i) => {
    expect(tensor.bytes).toEqual(whole[i]!.tensor.bytes.slice());
  });
});
