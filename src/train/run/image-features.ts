/** The features of all pictures by a tower that stays as it is, computed once and kept beside the run. */
import { access } from 'node:fs/promises';
import { type OnProgress, progressMeter, throwIfAborted } from '../../base/index.ts';
import type { EngineTensor } from '../../engine/index.ts';
import { elements, readSafetensors, readSafetensorsHeader, writeSafetensors } from '../../weights/index.ts';
import type { LoadedBatch } from './loader.ts';

export interface FeatureOptions {
  /** Where they are kept. */
  readonly path: string;
  /** What they depend on; kept features of anything else are computed anew. */
  readonly identity: string;
  readonly pairs: number;
  readonly dim: number;
  /** Always in batches of this many: a vector can depend, in its last bits, on what is computed beside it. */
  readonly batch: number;
  readonly load: (places: readonly number[]) => Promise<LoadedBatch>;
  readonly encode: (pixels: EngineTensor) => Promise<Float32Array>;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

const IDENTITY = 'tuwen.features_of';

/** A row for each training pair: [pairs, dim]. Throws what loading throws, and TUWEN_CANCELLED. */
export async function imageFeatures(options: FeatureOptions): Promise<Float32Array> {
  const { path, identity, pairs, dim, batch, load, encode, signal } = options;
  const kept = await readKept(path, identity, pairs * dim);
  if (kept) return kept;
  const meter = progressMeter('image', pairs, options.onProgress);
  const features = new Float32Array(pairs * dim);
  for (let first = 0; first < pairs; first += batch) {
    throwIfAborted('training', signal);
    const places = Array.from({ length: Math.min(batch, pairs - first) }, (_, i) => first + i);
    const { pixels } = await load(places);
    features.set(await encode(pixels), first * dim);
    meter.advance(places.length);
  }
  const bytes = new Uint8Array(features.buffer);
  const tensor = { dtype: 'F32', shape: [pairs, dim], bytes } as const;
  await writeSafetensors(path, new Map([['features', tensor]]), { [IDENTITY]: identity });
  return features;
}

async function readKept(path: string, identity: string, length: number): Promise<Float32Array | undefined> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const { metadata } = await readSafetensorsHeader(path);
  if (metadata.get(IDENTITY) !== identity) return undefined;
  const features = elements((await readSafetensors(path)).get('features')!) as Float32Array;
  return features.length === length ? features : undefined;
}
