/** Checkpoints as PyTorch writes them (Node): a zip archive of a pickle and one storage for each tensor. */
import { crc32 } from 'node:zlib';
import { progressMeter } from '../base/index.ts';
import { fromFloat32 } from './convert.ts';
import { writeAtomically } from './files.ts';
import {
  boolean,
  dictionary,
  list,
  none,
  number,
  orderedDictionary,
  pickleOf,
  tensor,
  text,
  tuple,
} from './pickle-write.ts';
import { bytesToWrite } from './safetensors.ts';
import type { WriteOptions } from './safetensors-file.ts';
import { byteLength, type Tensor } from './tensor.ts';
import { MOMENTS, type TorchGroup, type TorchOptimizer } from './torch-optimizer.ts';
import { directory, localHeader, type WrittenEntry } from './zip-write.ts';

/** The folder inside the archive that holds everything. */
const ROOT = 'archive';

/** The version of PyTorch's archives. */
const VERSION = '3\n';

export interface WriteTorchOptions extends WriteOptions {
  /** Written under `optimizer`, as PyTorch's `AdamW` keeps it. */
  readonly optimizer?: TorchOptimizer | undefined;
}

/**
 * Writes a checkpoint that `torch.load` reads: a dictionary of `notes` and, under `state_dict`, these tensors in their
 * order. It appears whole or not at all; the bytes of each tensor are asked for when its turn comes.
 * Throws TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, TUWEN_BAD_ARGUMENT (a tensor whose bytes do not fit its shape).
 */
export async function writeTorch(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  notes: Readonly<Record<string, number | string>> = {},
  { optimizer, signal, onProgress }: WriteTorchOptions = {},
): Promise<void> {
  const stored = [...tensors, ...(optimizer ? optimizerTensors(optimizer) : [])];
  const bytes = stored.reduce((sum, [, each]) => sum + byteLength(each), 0);
  const meter = progressMeter('byte', bytes, onProgress);
  const pickle = checkpointPickle(tensors, notes, optimizer);
  await writeAtomically(path, archive(contents(pickle, stored)), { signal, onBytes: meter.advance });
}

/** The entries of the archive and what they hold, one after another. */
function* contents(
  pickle: Uint8Array,
  tensors: readonly (readonly [name: string, tensor: Tensor])[],
): Generator<[name: string, content: Uint8Array]> {
  yield ['data.pkl', pickle];
  yield ['byteorder', Buffer.from('little')];
  for (const [key, [name, each]] of tensors.entries()) yield [`data/${key}`, bytesToWrite(name, each)];
  yield ['version', Buffer.from(VERSION)];
}

function checkpointPickle(
  tensors: ReadonlyMap<string, Tensor>,
  notes: Readonly<Record<string, number | string>>,
  optimizer: TorchOptimizer | undefined,
): Uint8Array {
  const state = Array.from(tensors, ([name, each], key) => [name, tensor(each, String(key))] as const);
  const noted = Object.entries(notes).map(
    ([name, note]) => [name, typeof note === 'string' ? text(note) : number(note)] as const,
  );
  return pickleOf(
    dictionary([
      ...noted,
      ['state_dict', orderedDictionary(state)],
      ...(optimizer ? [['optimizer', optimizerPickle(optimizer, tensors.size)] as const] : []),
    ]),
  );
}

/** An optimizer's tensors in the order of their storages. */
function* optimizerTensors({ state }: TorchOptimizer): Generator<[name: string, tensor: Tensor]> {
  for (const [parameter, { step, first, second }] of state) {
    yield [`${parameter}.step`, fromFloat32(Float32Array.of(step), [])];
    yield [`${parameter}.${MOMENTS.first}`, first];
    yield [`${parameter}.${MOMENTS.second}`, second];
  }
}

/** An optimizer as its `state_dict()`; its storages are named from `key` on. */
function optimizerPickle({ groups, state }: TorchOptimizer, key: number): Buffer {
  const scalar = { dtype: 'F32', shape: [] } as const;
  const moments = Array.from(state, ([parameter, { first, second }], i) => {
    const at = (place: number) => String(key + 3 * i + place);
    const items = [
      ['step', tensor(scalar, at(0))],
      [MOMENTS.first, tensor(first, at(1))],
      [MOMENTS.second, tensor(second, at(2))],
    ] as const;
    return [parameter, dictionary(items)] as const;
  });
  const group = ({ lr, betas, eps, weightDecay, parameters }: TorchGroup) =>
    dictionary([
      ['lr', number(lr)],
      ['betas', tuple(...betas.map(number))],
      ['eps', number(eps)],
      ['weight_decay', number(weightDecay)],
      ...ADAMW_DEFAULTS,
      ['params', list(parameters.map(number))],
    ]);
  return dictionary([
    ['state', dictionary(moments)],
    ['param_groups', list(groups.map(group))],
  ]);
}

/** What an AdamW of PyTorch has besides, as it is made. */
const ADAMW_DEFAULTS = [
  ['amsgrad', boolean(false)],
  ['maximize', boolean(false)],
  ['foreach', none()],
  ['capturable', boolean(false)],
  ['differentiable', boolean(false)],
  ['fused', none()],
] as const;

/** The bytes of a zip archive. */
function* archive(contents: Iterable<[name: string, content: Uint8Array]>): Generator<Uint8Array> {
  const entries: WrittenEntry[] = [];
  let offset = 0;
  for (const [name, content] of contents) {
    const entry = { name: `${ROOT}/${name}`, crc: crc32(content), size: content.byteLength, offset };
    const header = localHeader(entry);
    entries.push(entry);
    yield header;
    yield content;
    offset += header.byteLength + content.byteLength;
  }
  yield directory(entries, offset);
}
