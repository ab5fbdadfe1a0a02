/** Files on disk (Node): bounded reading and atomic writing. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileError, openTemporaryFile, TuwenError, throwIfAborted } from '../base/index.ts';

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

export interface WriteAtomicallyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears of every part that was written. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, which then takes its place. Parts are asked for
 * one by one, as they are written.
 * Throws TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED (between chunks), and what making the parts throws.
 */
export async function writeAtomically(
  path: string,
  parts: Iterable<Uint8Array>,
  { signal, onBytes }: WriteAtomicallyOptions = {},
): Promise<void> {
  await using file = await openTemporaryFile(path);
  for (const part of parts) {
    for (let at = 0; at < part.byteLength; at += CHUNK_BYTES) {
      throwIfAborted('writing', signal, path);
      const chunk = part.subarray(at, at + CHUNK_BYTES);
      await file.append(chunk);
      onBytes?.(chunk.byteLength);
    }
  }
  throwIfAborted('writing', signal, path);
  await file.commit();
}
