/** A file of weights in any format, told apart by its first bytes (Node). */
import { TuwenError } from '../base/index.ts';
import { type OpenFile, withFile } from './files.ts';
import { headerOf, type ReadOptions, readSafetensors } from './safetensors-file.ts';
import { PREFIX_BYTES } from './safetensors-header.ts';
import type { StateDict, TensorInfo } from './tensor.ts';
import { readTorch, readTorchHeaderFrom, type TorchHeader, torchFormat } from './torch.ts';

/** What weights are, without the tensors' bytes. */
export interface WeightsHeader extends Omit<TorchHeader, 'format'> {
  readonly format: TorchHeader['format'] | 'safetensors';
  /** The files that hold them: one, or the shards of an index. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** The index of shards, where there is one. */
  readonly index?: string;
}

/** Bytes that tell the formats apart. */
const START_BYTES = 16;

/** The header of one PyTorch or safetensors file. Throws TUWEN_WEIGHTS_UNKNOWN, and what reading throws. */
export function readFileHeader(path: string): Promise<WeightsHeader> {
  return withFile(path, async (file) => {
    const files = [{ path, bytes: file.size }];
    if ((await formatOf(file)) !== 'safetensors') return { ...(await readTorchHeaderFrom(file)), files };
    const { entries, metadata } = await headerOf(file);
    const tensors = new Map<string, TensorInfo>(
      entries.map(({ name, dtype, shape }) => [name, { dtype, shape }]),
    );
    return { format: 'safetensors', tensors, notes: metadata, optimizer: false, files };
  });
}

/** The state dict of one PyTorch or safetensors file. Throws as `readFileHeader`. */
export async function readFileWeights(path: string, options: ReadOptions = {}): Promise<StateDict> {
  const format = await withFile(path, formatOf);
  return format === 'safetensors' ? readSafetensors(path, options) : readTorch(path, options);
}

/** The format of one file of weights. Throws TUWEN_WEIGHTS_UNKNOWN. */
async function formatOf(file: OpenFile): Promise<WeightsHeader['format']> {
  const start = new Uint8Array(START_BYTES);
  await file.read(start, 0);
  const format = torchFormat(start);
  if (format) return format;
  if (start[PREFIX_BYTES] === '{'.charCodeAt(0)) return 'safetensors';
  throw new TuwenError('TUWEN_WEIGHTS_UNKNOWN', { path: file.path });
}
