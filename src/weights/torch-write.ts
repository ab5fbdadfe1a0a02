/** Checkpoints as PyTorch writes them (Node): a zip archive of a pickle and one storage for each tensor. */
import { crc32 } from 'node:zlib';
import { progressMeter } from '../base/index.ts';
import { writeAtomically } from './files.ts';
import { dictionary, number, orderedDictionary, pickleOf, tensor, text } from './pickle-write.ts';
import { bytesToWrite } from './safetensors.ts';
import type { WriteOptions } from './safetensors-file.ts';
import { type Tensor, totalBytes } from './tensor.ts';
import { directory, localHeader, type WrittenEntry } from './zip-write.ts';

/** The folder inside the archive that holds everything. */
const ROOT = 'archive';

/** The version of PyTorch's archives. */
const VERSION = '3\n';

/**
 * Writes a checkpoint that `torch.load` reads: a dictionary of `notes` and, under `state_dict`, these tensors in their
 * order. It appears whole or not at all; the bytes of each tensor are asked for when its turn comes.
 * Throws TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, TUWEN_BAD_ARGUMENT (a tensor whose bytes do not fit its shape).
 */
export async function writeTorch(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  notes: Readonly<Record<string, number | string>> = {},
  { signal, onProgress }: WriteOptions = {},
): Promise<void> {
  const meter = progressMeter('byte', totalBytes(tensors), onProgress);
  await writeAtomically(path, archive(contents(tensors, notes)), { signal, onBytes: meter.advance });
}

/** The entries of the archive and what they hold, one after another. */
function* contents(
  tensors: ReadonlyMap<string, Tensor>,
  notes: Readonly<Record<string, number | string>>,
): Generator<[name: string, content: Uint8Array]> {
  yield ['data.pkl', checkpointPickle(tensors, notes)];
  yield ['byteorder', Buffer.from('little')];
  let key = 0;
  for (const [name, each] of tensors) {
    yield [`data/${key}`, bytesToWrite(name, each)];
    key += 1;
  }
  yield ['version', Buffer.from(VERSION)];
}

function checkpointPickle(
  tensors: ReadonlyMap<string, Tensor>,
  notes: Readonly<Record<string, number | string>>,
): Uint8Array {
  const state = Array.from(tensors, ([name, each], key) => [name, tensor(each, String(key))] as const);
  const noted = Object.entries(notes).map(
    ([name, note]) => [name, typeof note === 'string' ? text(note) : number(note)] as const,
  );
  return pickleOf(dictionary([...noted, ['state_dict', orderedDictionary(state)]]));
}

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
