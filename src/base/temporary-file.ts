import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { TuwenError } from './errors.ts';

/** A file being written beside the place it will take. Its functions throw TUWEN_FILE_UNWRITABLE; discarding never does. */
export interface TemporaryFile extends AsyncDisposable {
  append(bytes: Uint8Array | string): Promise<void>;
  /** Writes over the beginning. */
  overwrite(bytes: Uint8Array): Promise<void>;
  /** What has been appended, from the beginning. */
  content(): AsyncIterable<Uint8Array>;
  /** Moves it to its place. */
  commit(): Promise<void>;
  /** Removes it, where it has not been moved to its place. Disposing does the same. */
  discard(): Promise<void>;
}

export async function openTemporaryFile(path: string): Promise<TemporaryFile> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
    }
  };
  const handle = await writing(() => open(temporary, 'wx+'));
  const discard = async () => {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
  };
  return {
    append: (bytes) => writing(() => handle.appendFile(bytes)),
    overwrite: (bytes) => writing(async () => void (await handle.write(bytes, 0, bytes.byteLength, 0))),
    content: () => createReadStream(temporary),
    commit: () =>
      writing(async () => {
        await handle.sync();
        await handle.close();
        await rename(temporary, path);
      }),
    discard,
    [Symbol.asyncDispose]: discard,
  };
}
