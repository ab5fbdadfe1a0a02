/** Tensors that stay in their file, to be read when their bytes are asked for (Node). */
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '../base/index.ts';
import { type SafetensorsHeader, safetensorsError } from './safetensors-header.ts';
import type { DType, StateDict, StoredBytes, Tensor } from './tensor.ts';

/** The tensors of a safetensors file whose header was held against its size. */
export function mappedTensors(path: string, { entries, dataStart }: SafetensorsHeader): StateDict {
  return new Map(
    entries.map(({ name, dtype, shape, begin, end }) => {
      const stored = { path, offset: dataStart + begin, length: end - begin };
      return [name, new MappedTensor(dtype, shape, stored)];
    }),
  );
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
      if (count === 0) throw safetensorsError(path, 'truncated');
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
