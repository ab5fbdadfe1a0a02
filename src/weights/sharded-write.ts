import { join } from 'node:path';
import { progressMeter } from '../base/index.ts';
import { writeAtomically } from './files.ts';
import { type WriteOptions, writeSafetensors } from './safetensors-file.ts';
import { byteLength, type Tensor, totalBytes } from './tensor.ts';

/** The most bytes of tensors in one file, as transformers has it. */
const SHARD_BYTES = 5e9;

/**
 * Writes `model.safetensors` into a folder; tensors of more than `shardBytes` together as shards with an index.
 * Throws as `writeSafetensors`.
 */
export async function writeShardedSafetensors(
  folder: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
  { signal, onProgress, shardBytes = SHARD_BYTES }: WriteOptions & { readonly shardBytes?: number } = {},
): Promise<void> {
  const shards = shardsOf(tensors, shardBytes);
  if (shards.length <= 1)
    return writeSafetensors(join(folder, 'model.safetensors'), tensors, metadata, { signal, onProgress });
  const total = totalBytes(tensors);
  const meter = progressMeter('byte', total, onProgress);
  const map: Record<string, string> = {};
  for (const [i, shard] of shards.entries()) {
    const file = `model-${fiveDigits(i + 1)}-of-${fiveDigits(shards.length)}.safetensors`;
    for (const name of shard.keys()) map[name] = file;
    await writeSafetensors(join(folder, file), shard, metadata, { signal });
    meter.advance(totalBytes(shard));
  }
  const index = JSON.stringify({ metadata: { total_size: total }, weight_map: map }, null, 2);
  await writeAtomically(join(folder, 'model.safetensors.index.json'), [Buffer.from(`${index}\n`)]);
}

/** Tensors in their order, in groups of at most so many bytes; a larger one is a group of its own. */
function shardsOf(tensors: ReadonlyMap<string, Tensor>, shardBytes: number): Map<string, Tensor>[] {
  const shards: Map<string, Tensor>[] = [];
  let bytes = 0;
  for (const [name, tensor] of tensors) {
    const shard = shards.at(-1);
    if (shard && bytes + byteLength(tensor) <= shardBytes) shard.set(name, tensor);
    else {
      shards.push(new Map([[name, tensor]]));
      bytes = 0;
    }
    bytes += byteLength(tensor);
  }
  return shards;
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, '0');
}
