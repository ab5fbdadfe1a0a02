/** Weights on disk: one file in any format, or the shards of an index (Node). */
import { isTuwenError } from '../base/index.ts';
import { withFile } from './files.ts';
import type { ReadOptions } from './safetensors-file.ts';
import { readSharded, readShardedHeader } from './sharded.ts';
import type { StateDict } from './tensor.ts';
import { readFileHeader, readFileWeights, type WeightsHeader } from './weights-file.ts';

/**
 * What a PyTorch or safetensors file, or an index of such files, holds: names, types and shapes.
 * Throws TUWEN_WEIGHTS_UNKNOWN, and what `readTorch`, `readSafetensors` and `readSharded` throw.
 */
export async function readWeightsHeader(path: string): Promise<WeightsHeader> {
  try {
    return await readFileHeader(path);
  } catch (error) {
    if (isTuwenError(error, 'TUWEN_WEIGHTS_UNKNOWN') && (await isIndex(path))) return readShardedHeader(path);
    throw error;
  }
}

/** The state dict of a PyTorch or safetensors file, or of an index of such files. Throws as `readWeightsHeader`. */
export async function readWeights(path: string, options: ReadOptions = {}): Promise<StateDict> {
  try {
    return await readFileWeights(path, options);
  } catch (error) {
    if (isTuwenError(error, 'TUWEN_WEIGHTS_UNKNOWN') && (await isIndex(path)))
      return readSharded(path, options);
    throw error;
  }
}

/** The longest beginning of an index before the name of its list. */
const START_BYTES = 4096;

/** Whether a file begins as an index does: an object with `metadata` or `weight_map`. */
async function isIndex(path: string): Promise<boolean> {
  const start = new Uint8Array(START_BYTES);
  const length = await withFile(path, (file) => file.read(start, 0));
  return /^\s*\{\s*"(metadata|weight_map)"\s*:/.test(new TextDecoder().decode(start.subarray(0, length)));
}
