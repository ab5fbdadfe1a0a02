/** What the package has to hold the shipped model against: made by bench/python/mini_expected.py, with cn_clip. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors, readSafetensorsHeader, toFloat32 } from '../../weights/index.ts';
import { type Embeddings, embeddings } from '../embeddings.ts';
import type { Announced } from './files.ts';

const path = (place: string) => fileURLToPath(new URL(`../../../${place}`, import.meta.url));
const EXPECTED = path('models/mini/expected.safetensors');

/** Pictures and texts that a model runs on. */
export interface CheckSamples {
  readonly images: readonly string[];
  readonly texts: readonly string[];
}

export interface SampleVectors {
  readonly image: Embeddings;
  readonly text: Embeddings;
}

/** The pictures of the package and what they show. */
export async function shippedSamples(): Promise<CheckSamples> {
  const { metadata } = await readSafetensorsHeader(EXPECTED);
  const names = JSON.parse(metadata.get('names')!) as string[];
  return { images: names.map((name) => path(`examples/pictures/${name}.png`)), texts: names };
}

/** The reference's vectors of them by the shipped model. */
export async function shippedVectors(): Promise<SampleVectors> {
  const tensors = await readSafetensors(EXPECTED);
  const list = (name: string) => {
    const tensor = tensors.get(name)!;
    return embeddings(toFloat32(tensor), tensor.shape[1]!);
  };
  return { image: list('image'), text: list('text') };
}

/** The hashes of the shipped model's files, by their paths. */
export async function shippedHashes(model: string): Promise<Announced> {
  const { metadata } = await readSafetensorsHeader(EXPECTED);
  const hashes = JSON.parse(metadata.get('sha256')!) as Record<string, string>;
  return new Map(Object.entries(hashes).map(([name, hex]) => [join(model, name), hex]));
}
