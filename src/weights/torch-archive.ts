/**
 * PyTorch's zip format: `name/data.pkl`, `name/byteorder`, and `name/data/KEY` for every storage; TorchScript's has
 * `name/constants.pkl` and code beside them.
 */
import { TuwenError } from '../base/index.ts';
import { ByteReader } from './byte-reader.ts';
import type { OpenFile } from './files.ts';
import { MAX_PICKLE_BYTES, unpickle } from './pickle.ts';
import { PickleRecord } from './pickle-values.ts';
import type { Fail } from './torch-error.ts';
import { StorageTable, type TorchFile } from './torch-file.ts';
import { STATE_DICT_NAMES } from './torch-globals.ts';
import { MODULE_NAMES, moduleState } from './torch-script.ts';
import { openZip, type Zip } from './zip.ts';
import type { ZipEntry } from './zip-directory.ts';

const PICKLE = /^([^/]+)\/data\.pkl$/;

/** The first bytes of a zip archive. */
export const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];

/**
 * Opens a zip archive of PyTorch's. Every storage its pickle refers to must be an entry of just its size.
 * Throws TUWEN_TORCH_INVALID, TUWEN_PICKLE_UNSAFE, TUWEN_TORCH_UNSUPPORTED (big-endian).
 */
export async function openTorchArchive(file: OpenFile, fail: Fail): Promise<TorchFile> {
  const zip = await openZip(file, fail);
  const name = archiveName(zip, fail);
  if ((await byteOrder(zip, name, fail)) === 'big')
    throw new TuwenError('TUWEN_TORCH_UNSUPPORTED', { source: file.path, kind: 'big-endian' });
  const entryOf = (key: string) => zip.entries.get(`${name}/data/${key}`);
  const storages = new StorageTable(fail, ({ key, byteLength }) => {
    const entry = entryOf(key);
    if (!entry) throw fail('storage-missing', key);
    if (entry.size !== byteLength) throw fail('storage-size', key);
  });
  const pickle = await readWhole(zip, zip.entries.get(`${name}/data.pkl`)!, fail);
  const isModule = zip.entries.has(`${name}/constants.pkl`);
  const names = isModule ? MODULE_NAMES : STATE_DICT_NAMES;
  const host = { ...names, load: storages.load.bind(storages) };
  const root = unpickle(new ByteReader(pickle, fail), host, fail, file.path);
  return {
    format: isModule ? 'torchscript' : 'torch-zip',
    root: root instanceof PickleRecord ? moduleState(root, fail) : root,
    readStorage: ({ key }, into, onBytes) => zip.read(entryOf(key)!, into, onBytes),
    placeOf: async ({ key }) => zip.placeOf(entryOf(key)!),
  };
}

/** The folder inside the archive that holds everything. */
function archiveName(zip: Zip, fail: Fail): string {
  const names = [...zip.entries.keys()].flatMap((entry) => PICKLE.exec(entry)?.[1] ?? []);
  if (names.length !== 1) throw fail('no-pickle');
  return names[0]!;
}

async function byteOrder(zip: Zip, name: string, fail: Fail): Promise<string> {
  const entry = zip.entries.get(`${name}/byteorder`);
  return entry ? new TextDecoder().decode(await readWhole(zip, entry, fail)) : 'little';
}

async function readWhole(zip: Zip, entry: ZipEntry, fail: Fail): Promise<Uint8Array> {
  if (entry.size > MAX_PICKLE_BYTES) throw fail('pickle-too-large', entry.name);
  const bytes = new Uint8Array(entry.size);
  await zip.read(entry, bytes);
  return bytes;
}
