/** safetensors files on disk (Node). */
import { realpath } from 'node:fs/promises';
import { type OnProgress, progressMeter } from '../base/index.ts';
import { type OpenFile, withFile, writeAtomically } from './files.ts';
import { mappedTensor } from './mapped.ts';
import { bytesToWrite, encodeHeader } from './safetensors.ts';
import {
  headerLength,
  PREFIX_BYTES,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  safetensorsError,
} from './safetensors-header.ts';
import { type StateDict, type Tensor, totalBytes } from './tensor.ts';

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Counts bytes of tensor data. */
  onProgress?: OnProgress | undefined;
  /**
   * Leave tensors in their file until their bytes are asked for: those that are only handed on by their place there are
   * never read. The file must stay as it is.
   */
  mapped?: boolean | undefined;
}

/** The most bytes one allocation holds, unless a single tensor is larger. */
const BUFFER_BYTES = 2 ** 31;

/**
 * Reads a safetensors file whole. Every length is held against the file's size before anything is allocated; up to
 * 2 GiB of tensors share one buffer.
 * Throws TUWEN_SAFETENSORS_INVALID, TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_CANCELLED.
 */
export function readSafetensors(path: string, options: ReadOptions = {}): Promise<StateDict> {
  return withFile(
    path,
    async (file) => {
      const header = await headerOf(file);
      const meter = progressMeter('byte', file.size - header.dataStart, options.onProgress);
      return readTensors(file, header, meter.advance, options.mapped);
    },
    options.signal,
  );
}

/** Reads the tensors of an open file whose header is known; `onBytes` hears of every chunk. */
export async function readTensors(
  file: OpenFile,
  header: SafetensorsHeader,
  onBytes: (count: number) => void,
  mapped = false,
): Promise<StateDict> {
  if (mapped) {
    onBytes(file.size - header.dataStart);
    const path = await realpath(file.path); // the engine follows no links out of a folder
    return new Map(
      header.entries.map(({ name, begin, ...info }) => [
        name,
        mappedTensor(info, path, header.dataStart + begin),
      ]),
    );
  }
  const tensors: StateDict = new Map();
  for (const run of runsWithin(header.entries, BUFFER_BYTES)) {
    const begin = run[0]!.begin;
    const buffer = new Uint8Array(run.at(-1)!.end - begin);
    const length = await file.read(buffer, header.dataStart + begin, onBytes);
    if (length < buffer.byteLength) throw safetensorsError(file.path, 'truncated');
    for (const { name, dtype, shape, ...at } of run)
      tensors.set(name, { dtype, shape, bytes: buffer.subarray(at.begin - begin, at.end - begin) });
  }
  return tensors;
}

/** Reads only the header: names, types, shapes and metadata. Throws as `readSafetensors`. */
export function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return withFile(path, headerOf);
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Counts bytes of the file. */
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Writes these tensors, in their order, as a safetensors file that appears whole or not at all. The bytes of each are
 * asked for when its turn comes.
 * Throws TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, TUWEN_BAD_ARGUMENT (a tensor whose bytes do not fit its shape).
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
  { signal, onProgress }: WriteOptions = {},
): Promise<void> {
  const header = encodeHeader(tensors, metadata);
  const meter = progressMeter('byte', header.byteLength + totalBytes(tensors), onProgress);
  await writeAtomically(path, partsOf(header, tensors), { signal, onBytes: meter.advance });
}

function* partsOf(header: Uint8Array, tensors: ReadonlyMap<string, Tensor>): Generator<Uint8Array> {
  yield header;
  for (const [name, tensor] of tensors) yield bytesToWrite(name, tensor);
}

/** Reads the header of an open file and holds it against the file's size. */
export async function headerOf(file: OpenFile): Promise<SafetensorsHeader> {
  const prefix = new Uint8Array(PREFIX_BYTES);
  await file.read(prefix, 0);
  const header = new Uint8Array(headerLength(prefix, file.size, file.path));
  if ((await file.read(header, PREFIX_BYTES)) < header.byteLength)
    throw safetensorsError(file.path, 'truncated');
  return parseHeader(header, file.size - PREFIX_BYTES - header.byteLength, file.path);
}

/** Consecutive entries in runs of at most `limit` bytes; an entry larger than that is a run of its own. */
function runsWithin(entries: readonly SafetensorsEntry[], limit: number): SafetensorsEntry[][] {
  const runs: SafetensorsEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && entry.end - run[0]!.begin <= limit) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
