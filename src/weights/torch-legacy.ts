/**
 * PyTorch's format before 1.6, not an archive: pickles of a magic number, a version, the writing machine and the object,
 * then a pickled list of the storages' keys, then each storage: its length in elements (int64) and its bytes.
 */
import { TuwenError } from '../base/index.ts';
import { ByteReader } from './byte-reader.ts';
import type { OpenFile } from './files.ts';
import { MAX_PICKLE_BYTES, unpickle } from './pickle.ts';
import { PickleList, type PickleValue } from './pickle-values.ts';
import type { Fail } from './torch-error.ts';
import { StorageTable, type TorchFile } from './torch-file.ts';
import { STATE_DICT_NAMES } from './torch-globals.ts';
import type { TorchStorage } from './torch-tensor.ts';

/** The pickled magic number the format begins with. */
export const LEGACY_MAGIC = [
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19,
];

const LENGTH_BYTES = 8;

/**
 * Opens a file of the old format. Its storages must lie one after another up to the end of the file, each as long as
 * the pickle says. Throws TUWEN_TORCH_INVALID, TUWEN_PICKLE_UNSAFE, TUWEN_TORCH_UNSUPPORTED (big-endian).
 */
export async function openTorchLegacy(file: OpenFile, fail: Fail): Promise<TorchFile> {
  const head = new Uint8Array(Math.min(file.size, MAX_PICKLE_BYTES));
  if ((await file.read(head, 0)) < head.byteLength) throw fail('truncated');
  const reader = new ByteReader(head, fail);
  const storages = new StorageTable(fail, ({ key, byteLength }) => {
    if (byteLength > file.size) throw fail('storage-size', key);
  });
  const read = () =>
    unpickle(reader, { ...STATE_DICT_NAMES, load: storages.load.bind(storages) }, fail, file.path);
  read(); // the magic number
  read(); // the version of the format
  const machine = read();
  if (machine instanceof Map && machine.get('little_endian') === false)
    throw new TuwenError('TUWEN_TORCH_UNSUPPORTED', { source: file.path, kind: 'big-endian' });
  const root = read();
  const order = storageOrder(read(), storages, fail);
  const positions = await placeStorages(file, reader.position, order, fail);
  for (const storage of storages.values()) {
    if (!positions.has(storage)) throw fail('storage-missing', storage.key);
  }
  return {
    format: 'torch-legacy',
    root,
    async readStorage(storage, into, onBytes) {
      const length = await file.read(into, positions.get(storage)!, onBytes);
      if (length < into.byteLength) throw fail('truncated', storage.key);
    },
    placeOf: async (storage) => positions.get(storage),
  };
}

/** The storages in the order of the file. */
function storageOrder(keys: PickleValue, storages: StorageTable, fail: Fail): TorchStorage[] {
  if (!(keys instanceof PickleList)) throw fail('bad-storage');
  return keys.items.map((key) => {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage) throw fail('bad-storage', String(typeof key === 'string' ? key : typeof key));
    return storage;
  });
}

/** Where each storage's bytes begin. */
async function placeStorages(
  file: OpenFile,
  start: number,
  order: readonly TorchStorage[],
  fail: Fail,
): Promise<Map<TorchStorage, number>> {
  const positions = new Map<TorchStorage, number>();
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  let at = start;
  for (const storage of order) {
    if ((await file.read(new Uint8Array(length.buffer), at)) < LENGTH_BYTES)
      throw fail('truncated', storage.key);
    if (length.getBigInt64(0, true) !== BigInt(storage.length) || positions.has(storage))
      throw fail('storage-size', storage.key);
    positions.set(storage, at + LENGTH_BYTES);
    at += LENGTH_BYTES + storage.byteLength;
    if (at > file.size) throw fail('truncated', storage.key);
  }
  return positions;
}
