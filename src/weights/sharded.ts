import { basename, dirname, join } from 'node:path';
import { progressMeter, TuwenError } from '../base/index.ts';
import { type OpenFile, readText, withFile } from './files.ts';
import { headerOf, type ReadOptions, readSafetensorsHeader, readTensors } from './safetensors-file.ts';
import type { StateDict } from './tensor.ts';

/** The largest index read, in bytes. */
const MAX_INDEX_BYTES = 100_000_000;

/** A file name without folders, as hubs name shards: `model-00001-of-00002.safetensors`. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\.safetensors$/;

/**
 * Reads a model split over several safetensors files, from its `model.safetensors.index.json`. Every tensor must lie in
 * the shard the index maps it to; the order is that of the index.
 * Throws TUWEN_SHARD_NAME_UNSAFE, TUWEN_CHECKPOINT_MISMATCH, and what `readSafetensors` throws.
 */
export async function readSharded(indexPath: string, options: ReadOptions = {}): Promise<StateDict> {
  const shardOf = await readIndex(indexPath);
  const shards = Array.from(new Set(shardOf.values()), (name) => join(dirname(indexPath), name));
  const meter = progressMeter('byte', await checkShards(indexPath, shardOf, shards), options.onProgress);
  const all: StateDict = new Map();
  for (const shard of shards) {
    const read = async (file: OpenFile) =>
      readTensors(file, await headerOf(file), meter.advance, options.mapped);
    for (const [name, tensor] of await withFile(shard, read, options.signal)) all.set(name, tensor);
  }
  return new Map(Array.from(shardOf.keys(), (name) => [name, all.get(name)!]));
}

/** The shard of every tensor, by the index. */
async function readIndex(path: string): Promise<Map<string, string>> {
  const text = await readText(path, MAX_INDEX_BYTES);
  const pairs = Object.entries(weightMap(text, path));
  for (const [, shard] of pairs) {
    if (typeof shard !== 'string' || !SHARD_NAME.test(shard))
      throw new TuwenError('TUWEN_SHARD_NAME_UNSAFE', { path, shard: String(shard) });
  }
  return new Map(pairs as [string, string][]);
}

function weightMap(text: string, path: string): object {
  try {
    const map = (JSON.parse(text) as { weight_map?: unknown }).weight_map;
    if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map;
  } catch (cause) {
    throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'JSON' }, { cause });
  }
  throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'weight_map' });
}

/** Holds the headers of the shards against the index before any tensor is read; returns their bytes of data. */
async function checkShards(
  path: string,
  shardOf: ReadonlyMap<string, string>,
  shards: readonly string[],
): Promise<number> {
  const found = new Set<string>();
  const unexpected: string[] = [];
  let bytes = 0;
  for (const shard of shards) {
    const { entries } = await readSafetensorsHeader(shard);
    for (const { name } of entries) {
      if (shardOf.get(name) === basename(shard)) found.add(name);
      else unexpected.push(`${basename(shard)}: ${name}`);
    }
    bytes += entries.at(-1)?.end ?? 0;
  }
  const missing = [...shardOf.keys()].filter((name) => !found.has(name));
  if (missing.length + unexpected.length > 0)
    throw new TuwenError('TUWEN_CHECKPOINT_MISMATCH', { path, missing, unexpected, misshapen: [] });
  return bytes;
}
