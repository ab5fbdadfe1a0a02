import type { TorchFile } from './torch-file.ts';
import type { TorchStorage, TorchTensor } from './torch-tensor.ts';

/** The most bytes one allocation holds, unless a single storage is larger. */
const BUFFER_BYTES = 2 ** 31;

/** Storages begin at multiples of this in memory, so that arrays of any type can look into them. */
const ALIGNMENT = 64;

/** Reads storages one after another into as few buffers as may be; `onBytes` hears of every chunk. */
export async function readStorages(
  torch: TorchFile,
  storages: readonly TorchStorage[],
  onBytes: (count: number) => void,
): Promise<Map<TorchStorage, Uint8Array>> {
  const bytesOf = new Map<TorchStorage, Uint8Array>();
  for (const group of groupsWithin(storages, BUFFER_BYTES)) {
    const buffer = new Uint8Array(group.reduce((sum, storage) => sum + room(storage), 0));
    let at = 0;
    for (const storage of group) {
      const bytes = buffer.subarray(at, at + storage.byteLength);
      await torch.readStorage(storage, bytes, onBytes);
      bytesOf.set(storage, bytes);
      at += room(storage);
    }
  }
  return bytesOf;
}

/** Where storages begin in the file, of those that need not be read: tensors look into them row by row. */
export async function placeStorages(
  torch: TorchFile,
  tensors: Iterable<TorchTensor>,
): Promise<Map<TorchStorage, number>> {
  const places = new Map<TorchStorage, number>();
  const all = [...tensors];
  const scattered = new Set(all.filter((tensor) => !tensor.isContiguous).map(({ storage }) => storage));
  for (const storage of new Set(all.map(({ storage }) => storage))) {
    const place = scattered.has(storage) ? undefined : await torch.placeOf(storage);
    if (place !== undefined) places.set(storage, place);
  }
  return places;
}

/** Bytes a storage takes in memory. */
function room({ byteLength }: TorchStorage): number {
  return Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
}

/** Storages in groups of at most `limit` bytes; one larger than that is a group of its own. */
function groupsWithin(storages: readonly TorchStorage[], limit: number): TorchStorage[][] {
  const groups: TorchStorage[][] = [];
  let length = 0;
  for (const storage of storages) {
    const group = groups.at(-1);
    if (group && length + room(storage) <= limit) group.push(storage);
    else {
      groups.push([storage]);
      length = 0;
    }
    length += room(storage);
  }
  return groups;
}
