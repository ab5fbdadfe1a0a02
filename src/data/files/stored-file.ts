import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileError, TuwenError } from '../../base/index.ts';

/** A file that is read at any place. */
export interface StoredFile {
  readonly path: string;
  /** Bytes, when it was opened. */
  readonly size: number;
  /**
   * Bytes from a place on, fewer where the file ends before; nothing is allocated beyond its end.
   *
   * @throws TUWEN_FILE_UNREADABLE
   */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Opens a regular file. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE. */
export async function openStoredFile(path: string): Promise<StoredFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // A pipe must not block the open.
    const found = await handle.stat();
    if (!found.isFile())
      throw new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason: 'not a regular file' });
    return stored(path, handle, found.size);
  } catch (cause) {
    await handle?.close();
    throw fileError(path, cause);
  }
}

function stored(path: string, handle: FileHandle, size: number): StoredFile {
  return {
    path,
    size,
    async read(offset, length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      let done = 0;
      try {
        while (done < bytes.length) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
      } catch (cause) {
        throw fileError(path, cause);
      }
      return bytes.subarray(0, done);
    },
    close: () => handle.close(),
  };
}
