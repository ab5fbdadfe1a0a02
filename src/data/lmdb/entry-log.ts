/** The entries of an LMDB that is being written, in the order they came; sorted at the end with bounded memory. */
import { rm } from 'node:fs/promises';
import { dataFault } from '../faults.ts';
import { openStoredFile, type StoredFile } from '../files/stored-file.ts';
import { AppendFile } from '../write/append-file.ts';

/** A key with its value, or with the length of its value and the first of its overflow pages. */
export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer | { readonly page: number; readonly length: number };
}

/** How much is sorted in memory, in bytes. */
const SORTED_BYTES = 2 ** 25;
const READ_BYTES = 2 ** 16;

/** An entry as bytes: its length, the key's length, whether the value follows, the key, and the rest. */
export function entryBytes({ key, value }: Entry): Buffer {
  const rest = Buffer.isBuffer(value) ? value : Buffer.alloc(16);
  const head = Buffer.alloc(7);
  head.writeUInt32LE(head.length + key.length + rest.length);
  head.writeUInt16LE(key.length, 4);
  head.writeUInt8(Buffer.isBuffer(value) ? 1 : 0, 6);
  if (!Buffer.isBuffer(value)) {
    rest.writeDoubleLE(value.page);
    rest.writeDoubleLE(value.length, 8);
  }
  return Buffer.concat([head, key, rest]);
}

function entryOf(bytes: Buffer): Entry {
  const end = 7 + bytes.readUInt16LE(4);
  const rest = bytes.subarray(end);
  const value = bytes.readUInt8(6) === 1 ? rest : { page: rest.readDoubleLE(), length: rest.readDoubleLE(8) };
  return { key: bytes.subarray(7, end), value };
}

/** The entries of a log by the bytes of their keys. Throws TUWEN_DATA_INVALID where a key occurs twice. */
export async function* sortedEntries(path: string, sortedBytes = SORTED_BYTES): AsyncGenerator<Entry> {
  const runs = await writeRuns(path, sortedBytes);
  const files: StoredFile[] = [];
  try {
    for (const run of runs) files.push(await openStoredFile(run));
    let before: Buffer | undefined;
    for await (const entry of merged(files.map((file) => entriesOf(file)))) {
      if (before?.equals(entry.key)) {
        throw dataFault(path, 'duplicate-picture', { about: entry.key.toString('utf8') });
      }
      before = entry.key;
      yield entry;
    }
  } finally {
    for (const file of files) await file.close();
    for (const run of runs) await rm(run, { force: true });
  }
}

/** Cuts the log into pieces that fit in memory and writes each in order; their paths. */
async function writeRuns(path: string, sortedBytes: number): Promise<string[]> {
  const runs: string[] = [];
  const log = await openStoredFile(path);
  let entries: Entry[] = [];
  let bytes = 0;
  const write = async () => {
    const run = `${path}.${runs.length}`;
    runs.push(run);
    const file = await AppendFile.open(run);
    entries.sort((a, b) => Buffer.compare(a.key, b.key));
    for (const entry of entries) await file.append(entryBytes(entry));
    await file.flush();
    await file.close();
    entries = [];
    bytes = 0;
  };
  try {
    for await (const entry of entriesOf(log)) {
      entries.push(entry);
      // What an entry takes beside its bytes.
      bytes += entry.key.length + (Buffer.isBuffer(entry.value) ? entry.value.length : 0) + 200;
      if (bytes >= sortedBytes) await write();
    }
    if (entries.length > 0) await write();
  } finally {
    await log.close();
  }
  return runs;
}

async function* entriesOf(file: StoredFile): AsyncGenerator<Entry> {
  let held: Buffer = Buffer.alloc(0);
  for (let at = 0; at < file.size; at += READ_BYTES) {
    held = Buffer.concat([held, await file.read(at, READ_BYTES)]);
    let start = 0;
    while (held.length - start >= 4 && held.length - start >= held.readUInt32LE(start)) {
      const end = start + held.readUInt32LE(start);
      yield entryOf(held.subarray(start, end));
      start = end;
    }
    held = held.subarray(start);
  }
}

/** Sorted sources as one. */
async function* merged(sources: readonly AsyncGenerator<Entry>[]): AsyncGenerator<Entry> {
  const heads: { entry: Entry; source: AsyncGenerator<Entry> }[] = [];
  const put = async (source: AsyncGenerator<Entry>) => {
    const next = await source.next();
    if (next.done) return;
    const { key } = next.value;
    let [low, high] = [0, heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(heads[middle]!.entry.key, key) > 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { entry: next.value, source });
  };
  for (const source of sources) await put(source);
  // The least stands last.
  for (let least = heads.pop(); least; least = heads.pop()) {
    yield least.entry;
    await put(least.source);
  }
}
