import type { PickleTuple, PickleValue } from './pickle-values.ts';
import type { Fail } from './torch-error.ts';
import { StorageType } from './torch-globals.ts';
import { TorchStorage } from './torch-tensor.ts';

/** An open PyTorch file: what its pickle says, and where its storages are. */
export interface TorchFile {
  readonly format: 'torch-zip' | 'torch-legacy' | 'torchscript';
  /** What was saved; of a module, its state dict. */
  readonly root: PickleValue;
  /** Fills `into`, as long as the storage, with a storage's bytes. */
  readStorage(storage: TorchStorage, into: Uint8Array, onBytes?: (count: number) => void): Promise<void>;
  /** Where a storage's bytes begin in the file; undefined where they are packed. */
  placeOf(storage: TorchStorage): Promise<number | undefined>;
}

/** The storages that a file's pickle refers to, by key; each one has one type and length. */
export class StorageTable {
  readonly fail: Fail;
  /** Holds a storage against the file. Throws where it is not there. */
  readonly check: (storage: TorchStorage) => void;
  readonly #storages = new Map<string, TorchStorage>();

  constructor(fail: Fail, check: (storage: TorchStorage) => void) {
    this.fail = fail;
    this.check = check;
  }

  get(key: string): TorchStorage | undefined {
    return this.#storages.get(key);
  }

  values(): Iterable<TorchStorage> {
    return this.#storages.values();
  }

  /** The storage that a persistent id stands for: ('storage', type, key, device, length[, view]). */
  load(id: PickleValue): TorchStorage {
    const [kind, type, key, , length, view = null] = Array.isArray(id) ? (id as PickleTuple) : [];
    if (kind !== 'storage' || !(type instanceof StorageType) || typeof key !== 'string' || view !== null)
      throw this.fail('bad-storage');
    if (!Number.isSafeInteger(length) || (length as number) < 0) throw this.fail('bad-storage', key);
    const known = this.#storages.get(key);
    if (known?.dtype === type.dtype && known.length === length) return known;
    if (known) throw this.fail('bad-storage', key);
    const storage = new TorchStorage(key, type.dtype, length as number);
    this.check(storage);
    this.#storages.set(key, storage);
    return storage;
  }
}
