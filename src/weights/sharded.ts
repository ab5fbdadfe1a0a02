/** A model split over several files, with an index that says which holds which tensor (Node). */
import { basename, dirname, join } from 'node:path';
import { progressMeter, TuwenError } from '../base/index.ts';
import { readText } from './files.ts';
import type { ReadOptions } from './safetensors-file.ts';
import { type StateDict, type TensorInfo, totalBytes } from './tensor.ts';
import { readFileHeader, readFileWeights, type WeightsHeader } from './weights-file.ts';

/** The largest index read, in bytes. */
const MAX_INDEX_BYTES = 100_000_000;

/** A file name without folders, as hubs name shards: `model-00001-of-00002.safetensors`. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\.(safetensors|bin)$/;

/**
 * Reads a model split over several files, from its `model.safetensors.index.json` or `pytorch_model.bin.index.json`.
 * Every tensor must lie in the shard the index maps it to; the order is that of the index.
 * Throws TUWEN_SHARD_NAME_UNSAFE, TUWEN_CHECKPOINT_MISMATCH, and what reading a shard throws.
 */
export async function readSharded(indexPath: string, options: ReadOptions = {}): Promise<StateDict> {
  const { tensors, files } = await readShardedHeader(indexPath);
  const meter = progressMeter('byte', totalBytes(tensors), options.onProgress);
  const all: StateDict = new Map();
  for (const { path } of files) {
    let before = 0;
    const onProgress: ReadOptions['onProgress'] = ({ done }) => {
      meter.advance(done - before);
      before = done;
    };
    for (const [name, tensor] of await readFileWeights(path, { ...options, onProgress }))
      all.set(name, tensor);
  }
  return new Map(Array.from(tensors.keys(), (name) => [name, all.get(name)!]));
}

/** What the shards of an index hold together, each held against the index. Throws as `readSharded`. */
export async function readShardedHeader(indexPath: string): Promise<WeightsHeader> {
  const shardOf = await readIndex(indexPath);
  const found = new Map<string, TensorInfo>();
  const unexpected: string[] = [];
  const headers: WeightsHeader[] = [];
  for (const shard of new Set(shardOf.values())) {
    const header = await readFileHeader(join(dirname(indexPath), shard));
    for (const [name, tensor] of header.tensors) {
      if (shardOf.get(name) === shard) found.set(name, tensor);
      else unexpected.push(`${basename(shard)}: ${name}`);
    }
    headers.push(header);
  }
  const missing = [...shardOf.keys()].filter((name) => !found.has(name));
  if (headers.length === 0 || missing.length + unexpected.length > 0)
    throw new TuwenError('TUWEN_CHECKPOINT_MISMATCH', {
      path: indexPath,
      missing,
      unexpected,
      misshapen: [],
    });
  return {
    ...headers[0]!,
    tensors: new Map(Array.from(shardOf.keys(), (name) => [name, found.get(name)!])),
    files: headers.flatMap(({ files }) => files),
    index: indexPath,
  };
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
    const map = (JSON.parse(text) as { weight_map?: unknown } | null)?.weight_map;
    if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map;
  } catch (cause) {
    throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'JSON' }, { cause });
  }
  throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'weight_map' });
}
