/** Files on disk (Node): bounded reading and atomic writing. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { fileError, TuwenError, throwIfAborted } from '../base/index.ts';

/** How many bytes one read or write asks for. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** An open file: reads at a position, of a size known from the start. */
export interface OpenFile {
  readonly path: string;
  /** Bytes, when it was opened. */
  readonly size: number;
  /**
   * Fills `into` from `position` on; returns how many bytes there were. `onChunk` hears of every chunk read.
   */
  read(into: Uint8Array, position: number, onChunk?: (bytes: number) => void): Promise<number>;
}

/**
 * Opens a regular file for the time of `use`.
 * Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE, TUWEN_CANCELLED (between chunks, when `signal` aborts).
 */
export async function withFile<T>(
  path: string,
  use: (file: OpenFile) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe must not block the open
    const status = await handle.stat();
    if (!status.isFile())
      throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'not a regular file' });
    const read: OpenFile['read'] = (into, position, onChunk) =>
      readInto(handle as FileHandle, path, into, position, onChunk, signal);
    return await use({ path, size: status.size, read });
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    await handle?.close();
  }
}

async function readInto(
  handle: FileHandle,
  path: string,
  into: Uint8Array,
  position: number,
  onChunk?: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  let done = 0;
  while (done < into.byteLength) {
    throwIfAborted('reading', signal, path);
    const length = Math.min(CHUNK_BYTES, into.byteLength - done);
    const { bytesRead } = await handle.read(into, done, length, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
    onChunk?.(bytesRead);
  }
  return done;
}

/**
 * The text of a UTF-8 file of at most `maxBytes`.
 * Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE (too large, not UTF-8).
 */
export function readText(path: string, maxBytes: number, signal?: AbortSignal): Promise<string> {
  return withFile(
    path,
    async (file) => {
      if (file.size > maxBytes)
        throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: `${file.size} > ${maxBytes} bytes` });
      const bytes = new Uint8Array(file.size);
      const length = await file.read(bytes, 0);
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
    },
    signal,
  );
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, which then takes its place.
 * Throws TUWEN_FILE_UNWRITABLE.
 */
export async function writeAtomically(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      for (const part of parts) await writeAll(handle, part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    if (cause instanceof TuwenError) throw cause;
    const reason = (cause as { code?: string }).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(CHUNK_BYTES, bytes.byteLength - done));
    done += bytesWritten;
  }
}
