/** Vectors as they are computed, kept beside the file they will become, so that a run that was stopped can go on. */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, fileError, type Lock, TuwenError } from '../../base/index.ts';
import { bytesOf } from './bytes.ts';
import { type FeatureName, type FeatureRecord, type Field, nameJson } from './record.ts';

/** What makes two runs the same: as JSON, with the length of the vectors. */
export interface RunIdentity {
  readonly dim: number;
  readonly [key: string]: unknown;
}

/** A row of the journal: the name is JSON. */
export interface JournalRow {
  readonly field: Field;
  readonly name: string;
  readonly vector: Float32Array;
}

export interface Journal {
  /** Takes up the rows of an earlier run of the same identity, or drops those of another. */
  begin(identity: RunIdentity): Promise<void>;
  /** How many rows of a kind an earlier run left. */
  earlier(kind: 'image' | 'text'): number;
  /** Whether an earlier run left a row of this name; each such row answers once, so that repeated names count. */
  take(name: FeatureName): boolean;
  append(record: FeatureRecord): Promise<void>;
  /** The rows, in the order in which they came, without those of an earlier run that nobody took. */
  rows(): AsyncIterable<JournalRow>;
  /** Lets go of it: what it holds stays for the next run, and nothing stays where it holds nothing. */
  close(): Promise<void>;
  /** Removes it. */
  remove(): Promise<void>;
}

const IDENTITY = 'run.json';
const NAMES = 'names.txt';
const VECTORS = 'vectors.f32';

/**
 * Opens the journal in a folder, made if need be, for this process alone. Its functions and this one throw
 * TUWEN_LOCKED, TUWEN_FILE_UNWRITABLE, TUWEN_FILE_UNREADABLE.
 */
export async function openJournal(folder: string): Promise<Journal> {
  const lock = await writing(folder, async () => {
    await mkdir(folder).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return acquireLock(join(folder, 'lock'));
  });
  return journal(folder, lock);
}

function journal(folder: string, lock: Lock): Journal {
  const path = (name: string) => join(folder, name);
  const left = new Map<string, number>();
  let files: { names: FileHandle; vectors: FileHandle } | undefined;
  let count = 0;
  let dim = 0;
  const closeFiles = async () => {
    await files?.names.close();
    await files?.vectors.close();
    files = undefined;
  };
  const remove = async () => {
    await closeFiles();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    begin: (identity) =>
      writing(folder, async () => {
        dim = identity.dim;
        const text = JSON.stringify(identity);
        const before = await readFile(path(IDENTITY), 'utf8').catch(() => undefined);
        const flags = before === text ? 'a+' : 'w+';
        files = { names: await open(path(NAMES), flags), vectors: await open(path(VECTORS), flags) };
        await writeFile(path(IDENTITY), text);
        const names = await wholeRows(files, dim);
        for (const name of names) left.set(name, (left.get(name) ?? 0) + 1);
        count = names.length;
      }),
    earlier: (kind) => {
      const rows = [...left].filter(([name]) => name.startsWith(kind));
      return rows.reduce((sum, [, times]) => sum + times, 0);
    },
    take(name) {
      const line = lineOf(name);
      const times = left.get(line) ?? 0;
      if (times > 0) left.set(line, times - 1);
      return times > 0;
    },
    append: (record) =>
      writing(folder, async () => {
        // The name comes last: a row is there when its name is.
        await files!.vectors.appendFile(bytesOf(record.vector));
        await files!.names.appendFile(`${lineOf(record)}\n`);
        count += 1;
      }),
    rows: () => readRows(path(NAMES), path(VECTORS), dim, new Map(left)),
    async close() {
      if (count === 0) return remove();
      await closeFiles();
      await lock.release();
    },
    remove,
  };
}

/** A name on one line: what it names, a space, JSON. */
function lineOf({ field, name }: FeatureName): string {
  return `${field} ${nameJson(name)}`;
}

/** The names of the rows that were written whole; what a run that was killed left of a further one is cut off. */
async function wholeRows({ names, vectors }: { names: FileHandle; vectors: FileHandle }, dim: number) {
  const text = await names.readFile('utf8');
  const vectorCount = Math.floor((await vectors.stat()).size / (4 * dim));
  const lines = text.split('\n').slice(0, -1).slice(0, vectorCount);
  await names.truncate(Buffer.byteLength(lines.map((line) => `${line}\n`).join('')));
  await vectors.truncate(lines.length * 4 * dim);
  return lines;
}

async function* readRows(
  namesPath: string,
  vectorsPath: string,
  dim: number,
  unwanted: Map<string, number>,
): AsyncGenerator<JournalRow> {
  const vectors = vectorsOf(vectorsPath, dim);
  for (const line of (await readFile(namesPath, 'utf8')).split('\n').slice(0, -1)) {
    const { value: vector } = await vectors.next();
    const times = unwanted.get(line) ?? 0;
    if (times > 0) {
      unwanted.set(line, times - 1);
      continue;
    }
    const space = line.indexOf(' ');
    yield { field: line.slice(0, space) as Field, name: line.slice(space + 1), vector: vector! };
  }
}

async function* vectorsOf(path: string, dim: number): AsyncGenerator<Float32Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    for (; at + 4 * dim <= rest.length; at += 4 * dim) {
      yield new Float32Array(Uint8Array.from(rest.subarray(at, at + 4 * dim)).buffer);
    }
    rest = rest.subarray(at);
  }
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === undefined) throw fileError(path, cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}
