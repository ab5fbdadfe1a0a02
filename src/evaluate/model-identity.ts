import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileError } from '../base/index.ts';
import type { ClipInfo } from '../clip/index.ts';

/** Which model made a figure. */
export interface ModelIdentity {
  readonly name: string;
  readonly precision: string;
  readonly dim: number;
  /** Of its files: weights, configuration, vocabulary. */
  readonly sha256: string;
}

/** Files of a model's folder that decide what it computes. */
const OF_THE_MODEL = /\.(safetensors|bin|pt|pth|onnx|json|txt|model)$/i;

/** What tells a model from others. Throws TUWEN_FILE_UNREADABLE. */
export async function modelIdentity(info: ClipInfo, signal?: AbortSignal): Promise<ModelIdentity> {
  const { name, path, precision, dim } = info;
  const isFolder = (await stat(path)).isDirectory();
  const names = isFolder ? (await readdir(path)).filter((file) => OF_THE_MODEL.test(file)).sort() : [];
  const files = isFolder ? names.map((file) => join(path, file)) : [path];
  const hash = createHash('sha256');
  for (const [i, file] of files.entries()) hash.update(`${names[i] ?? ''} ${await sha256Of(file, signal)}\n`);
  return { name, precision, dim, sha256: hash.digest('hex') };
}

/** The sha256 of a file, in hexadecimal. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, signal ? { signal } : {});
  } catch (cause) {
    throw fileError(path, cause);
  }
  return hash.digest('hex');
}

/** The model behind feature files, as far as they tell. */
export async function modelOfFeatures(files: readonly string[], dim: number): Promise<ModelIdentity> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${await sha256Of(file)}\n`);
  return {
    name: files.map((file) => basename(file)).join(' + '),
    precision: '',
    dim,
    sha256: hash.digest('hex'),
  };
}
