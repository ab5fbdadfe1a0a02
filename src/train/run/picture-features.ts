/** Vectors of all pictures by a tower that stays as it is: computed once and kept beside the run. */
import { access } from 'node:fs/promises';
import { isTuwenError, type OnProgress, progressMeter, throwIfAborted } from '../../base/index.ts';
import { type DataSet, type Id, idKey } from '../../data/index.ts';
import {
  elements,
  fromFloat32,
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
} from '../../weights/index.ts';
import type { LoadedPictures } from './loader.ts';

export interface FeatureOptions {
  /** Where they are kept. */
  readonly path: string;
  /** What they depend on: what is kept of anything else is computed anew. */
  readonly identity: string;
  readonly data: DataSet;
  /** Length of a vector. */
  readonly dim: number;
  /** Always in batches of this many: the last bits of a vector can depend on what is computed beside it. */
  readonly batch: number;
  readonly load: (ids: readonly Id[]) => Promise<LoadedPictures>;
  readonly encode: (pictures: LoadedPictures) => Promise<Float32Array>;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** The vectors of pictures by their ids. */
export interface PictureFeatures {
  /** undefined for a picture that could not be read. */
  of(id: Id): Float32Array | undefined;
}

const IDENTITY = 'tuwen.features_of';
const IDS = 'tuwen.ids';

/** Vectors of every picture that pairs name. Throws what loading throws, TUWEN_FILE_UNWRITABLE and TUWEN_CANCELLED. */
export async function pictureFeatures(options: FeatureOptions): Promise<PictureFeatures> {
  const { path, identity, dim } = options;
  const kept = (await readKept(path, identity, dim)) ?? (await computed(options));
  const places = new Map(kept.ids.map((id, i) => [id, i]));
  return {
    of(id) {
      const place = places.get(idKey(id));
      return place === undefined ? undefined : kept.features.subarray(place * dim, (place + 1) * dim);
    },
  };
}

interface Kept {
  readonly ids: readonly string[];
  readonly features: Float32Array;
}

async function computed({ data, dim, batch, load, encode, ...options }: FeatureOptions): Promise<Kept> {
  const wanted = new Map<string, Id>();
  for await (const { imageId } of data.pairs()) wanted.set(idKey(imageId), imageId);
  const all = [...wanted];
  const meter = progressMeter('image', all.length, options.onProgress);
  const features = new Float32Array(all.length * dim);
  const ids: string[] = [];
  for (let first = 0; first < all.length; first += batch) {
    throwIfAborted('training', options.signal);
    const part = all.slice(first, first + batch);
    const loaded = await load(part.map(([, id]) => id));
    features.set(await encode(loaded), ids.length * dim);
    ids.push(...loaded.rows.map((row) => part[row]![0]));
    meter.advance(part.length);
  }
  const whole = features.subarray(0, ids.length * dim);
  const tensor = fromFloat32(whole, [ids.length, dim]);
  const notes = { [IDENTITY]: options.identity, [IDS]: JSON.stringify(ids) };
  await writeSafetensors(options.path, new Map([['features', tensor]]), notes);
  return { ids, features: whole };
}

/** What an earlier run left; undefined where it is of something else, or not whole. */
async function readKept(path: string, identity: string, dim: number): Promise<Kept | undefined> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  try {
    const { metadata } = await readSafetensorsHeader(path);
    if (metadata.get(IDENTITY) !== identity) return undefined;
    const ids = JSON.parse(metadata.get(IDS)!) as string[];
    const features = elements((await readSafetensors(path)).get('features')!) as Float32Array;
    return features.length === ids.length * dim ? { ids, features } : undefined;
  } catch (error) {
    if (isTuwenError(error, 'TUWEN_SAFETENSORS_INVALID')) return undefined;
    throw error;
  }
}
