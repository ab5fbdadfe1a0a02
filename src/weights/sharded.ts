import { dirname, join } from 'node:path';
import { TuwenError } from '../base/index.ts';
import { readText } from './files.ts';
import { type ReadOptions, readSafetensors, readSafetensorsHeader } from './safetensors-file.ts';
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
  const shards = [...new Set(shardOf.values())];
  const folder = dirname(indexPath);
  await checkShards(indexPath, shardOf, shards);
  const all: StateDict = new Map();
  for (const shard of shards) {
    for (const [name, tensor] of await readSafetensors(join(folder, shard), options)) all.set(name, tensor);
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

/** Holds the headers of the shards against the index before any tensor is read. */
async function checkShards(path: string, shardOf: ReadonlyMap<string, string>, shards: readonly string[]) {
  const found = new Set<string>();
  const unexpected: string[] = [];
  for (const shard of shards) {
    const { entries } = await readSafetensorsHeader(join(dirname(path), shard));
    for (const { name } of entries) {
      if (shardOf.get(name) === shard) found.add(name);
      else unexpected.push(`${shard}: ${name}`);
    }
  }
  const missing = [...shardOf.keys()].filter((name) => !found.has(name));
  if (missing.length + unexpected.length > 0)
    throw new TuwenError('TUWEN_CHECKPOINT_MISMATCH', { path, missing, unexpected, misshapen: [] });
}
