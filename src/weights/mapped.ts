/** Tensors that stay in their file, to be read when their bytes are asked for (Node). */
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError, TuwenError } from '../base/index.ts';
import { byteLength, type DType, type StoredBytes, type Tensor, type TensorInfo } from './tensor.ts';

/** A tensor whose bytes begin at `offset` of a file that was found to hold them. */
export function mappedTensor({ dtype, shape }: TensorInfo, path: string, offset: number): Tensor {
  return new MappedTensor(dtype, shape, { path, offset, length: byteLength({ dtype, shape }) });
}

/** Reads its bytes whenever it is asked for them, and keeps none. */
class MappedTensor implements Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly stored: StoredBytes;

  constructor(dtype: DType, shape: readonly number[], stored: StoredBytes) {
    this.dtype = dtype;
    this.shape = shape;
    this.stored = stored;
  }

  get bytes(): Uint8Array {
    return readStored(this.stored);
  }
}

function readStored({ path, offset, length }: StoredBytes): Uint8Array {
  const bytes = new Uint8Array(length);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let done = 0;
    while (done < length) {
      const count = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
      if (count === 0) throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'truncated' });
      done += count;
    }
    return bytes;
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The one folder in which all these tensors are stored; undefined where they are in memory or in several folders. */
export function folderOf(tensors: Iterable<Tensor>): string | undefined {
  const folders = new Set(Array.from(tensors, ({ stored }) => stored && dirname(stored.path)));
  folders.delete(undefined);
  return folders.size === 1 ? [...folders][0] : undefined;
}
