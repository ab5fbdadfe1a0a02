/** Checkpoints that PyTorch wrote (Node): a state dict alone, or a training checkpoint around one. */
import { realpath } from 'node:fs/promises';
import { progressMeter, TuwenError } from '../base/index.ts';
import { type OpenFile, withFile } from './files.ts';
import type { PickleDict, PickleValue } from './pickle-values.ts';
import type { ReadOptions } from './safetensors-file.ts';
import type { StateDict, TensorInfo } from './tensor.ts';
import { openTorchArchive, ZIP_MAGIC } from './torch-archive.ts';
import { type Fail, torchErrors } from './torch-error.ts';
import type { TorchFile } from './torch-file.ts';
import { LEGACY_MAGIC, openTorchLegacy } from './torch-legacy.ts';
import { placeStorages, readStorages } from './torch-storages.ts';
import { materialise, TorchTensor } from './torch-tensor.ts';

/** What a PyTorch checkpoint holds, without the tensors' bytes. */
export interface TorchHeader {
  readonly format: TorchFile['format'];
  /** The tensors of the state dict, in file order. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Numbers and texts beside the state dict: `epoch`, `step`, `name`. */
  readonly notes: ReadonlyMap<string, number | string>;
  /** Whether the state of an optimizer lies beside it. */
  readonly optimizer: boolean;
}

/**
 * Reads the state dict of a PyTorch checkpoint: the file's own dictionary, the one under `state_dict`, or that of a
 * TorchScript module. Only the
 * storages it needs are read, each once: an optimizer's state takes no memory. Tensors are views of those bytes.
 * Throws TUWEN_TORCH_INVALID, TUWEN_PICKLE_UNSAFE, TUWEN_TORCH_UNSUPPORTED, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE,
 * TUWEN_CANCELLED.
 */
export function readTorch(path: string, options: ReadOptions = {}): Promise<StateDict> {
  return withFile(path, (file) => readTorchFrom(file, options), options.signal);
}

/** Reads only names, types, shapes and notes. Throws as `readTorch`. */
export function readTorchHeader(path: string): Promise<TorchHeader> {
  return withFile(path, readTorchHeaderFrom);
}

/** `readTorch` of an open file. */
export async function readTorchFrom(file: OpenFile, options: ReadOptions = {}): Promise<StateDict> {
  const fail = torchErrors(file.path);
  const torch = await openTorch(file, fail);
  return readTensors(torch, stateDictOf(torch.root, fail), { file, fail, ...options });
}

/** Reads the storages of some of a file's tensors, each once. */
export async function readTensors(
  torch: TorchFile,
  tensors: ReadonlyMap<string, TorchTensor>,
  { file, fail, ...options }: ReadOptions & { readonly file: OpenFile; readonly fail: Fail },
): Promise<StateDict> {
  const storages = [...new Set(Array.from(tensors.values(), ({ storage }) => storage))];
  const total = storages.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const { advance } = progressMeter('byte', total, options.onProgress);
  const places = new Map(options.mapped ? await placeStorages(torch, tensors.values()) : []);
  for (const { byteLength } of places.keys()) advance(byteLength);
  const others = storages.filter((storage) => !places.has(storage));
  const bytesOf = await readStorages(torch, others, advance);
  const path = options.mapped ? await realpath(file.path) : file.path; // the engine follows no links
  return materialise(tensors, { path, bytesOf, places }, fail);
}

/** `readTorchHeader` of an open file. */
export async function readTorchHeaderFrom(file: OpenFile): Promise<TorchHeader> {
  const fail = torchErrors(file.path);
  const { format, root } = await openTorch(file, fail);
  const notes = new Map<string, number | string>();
  const wrapper = wrapperOf(root) ?? new Map();
  for (const [name, value] of wrapper) {
    if (typeof name === 'string' && (typeof value === 'number' || typeof value === 'string'))
      notes.set(name, value);
  }
  return { format, tensors: stateDictOf(root, fail), notes, optimizer: wrapper.has('optimizer') };
}

/** Opens a file of either of PyTorch's formats. Throws TUWEN_WEIGHTS_UNKNOWN, and what is wrong with the file. */
export async function openTorch(file: OpenFile, fail: Fail): Promise<TorchFile> {
  const start = new Uint8Array(LEGACY_MAGIC.length);
  await file.read(start, 0);
  const format = torchFormat(start);
  if (!format) throw new TuwenError('TUWEN_WEIGHTS_UNKNOWN', { path: file.path });
  return format === 'torch-zip' ? openTorchArchive(file, fail) : openTorchLegacy(file, fail);
}

/** The format of a file by its first bytes; undefined where it is none of PyTorch's. */
export function torchFormat(start: Uint8Array): TorchHeader['format'] | undefined {
  const begins = (magic: readonly number[]) => magic.every((byte, i) => start[i] === byte);
  if (begins(ZIP_MAGIC)) return 'torch-zip';
  return begins(LEGACY_MAGIC) ? 'torch-legacy' : undefined;
}

/** Whether a file begins as one of PyTorch's. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export function isTorchFile(path: string): Promise<boolean> {
  return withFile(path, async (file) => {
    const start = new Uint8Array(Math.min(LEGACY_MAGIC.length, file.size));
    await file.read(start, 0);
    return torchFormat(start) !== undefined;
  });
}

/** The dictionary around a state dict, where there is one. */
export function wrapperOf(root: PickleValue): PickleDict | undefined {
  return root instanceof Map && root.get('state_dict') instanceof Map ? root : undefined;
}

function stateDictOf(root: PickleValue, fail: Fail): Map<string, TorchTensor> {
  const dict = wrapperOf(root)?.get('state_dict') ?? root;
  if (!(dict instanceof Map)) throw fail('not-a-state-dict');
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of dict) {
    if (typeof name !== 'string' || !(value instanceof TorchTensor))
      throw fail('not-a-state-dict', String(name));
    if (!value.fits) throw fail('bad-tensor', name);
    tensors.set(name, value);
  }
  return tensors;
}
