/** A file of weights in any format, told apart by its first bytes (Node). */
import { TuwenError } from '../base/index.ts';
import { withFile } from './files.ts';
import { type ReadOptions, readSafetensors, readSafetensorsHeader } from './safetensors-file.ts';
import { PREFIX_BYTES } from './safetensors-header.ts';
import type { StateDict } from './tensor.ts';
import { readTorch, readTorchHeader, type TensorInfo, type TorchHeader, torchFormat } from './torch.ts';

/** What a file of weights holds, without the tensors' bytes. */
export interface WeightsHeader extends Omit<TorchHeader, 'format'> {
  readonly format: TorchHeader['format'] | 'safetensors';
}

/** Bytes that tell the formats apart. */
const START_BYTES = 16;

/**
 * Reads the header of a PyTorch or safetensors file: names, types and shapes.
 * Throws TUWEN_WEIGHTS_UNKNOWN, and what `readTorch` and `readSafetensors` throw.
 */
export async function readWeightsHeader(path: string): Promise<WeightsHeader> {
  if ((await weightsFormat(path)) !== 'safetensors') return readTorchHeader(path);
  const { entries } = await readSafetensorsHeader(path);
  const tensors = new Map<string, TensorInfo>(
    entries.map(({ name, dtype, shape }) => [name, { dtype, shape }]),
  );
  return { format: 'safetensors', tensors, notes: new Map(), optimizer: false };
}

/** Reads the state dict of a PyTorch or safetensors file. Throws as `readWeightsHeader`. */
export async function readWeights(path: string, options: ReadOptions = {}): Promise<StateDict> {
  return (await weightsFormat(path)) === 'safetensors'
    ? readSafetensors(path, options)
    : readTorch(path, options);
}

async function weightsFormat(path: string): Promise<WeightsHeader['format']> {
  const start = new Uint8Array(START_BYTES);
  await withFile(path, (file) => file.read(start, 0));
  const format = torchFormat(start);
  if (format) return format;
  if (start[PREFIX_BYTES] === '{'.charCodeAt(0)) return 'safetensors';
  throw new TuwenError('TUWEN_WEIGHTS_UNKNOWN', { path });
}
