import { type FileHandle, open } from 'node:fs/promises';
import { TuwenError } from '../../base/index.ts';

const BUFFER_BYTES = 2 ** 20;

/** A file that grows at its end, from a length that an earlier run had made safe. Throws TUWEN_FILE_UNWRITABLE. */
export class AppendFile {
  readonly path: string;
  private readonly handle: FileHandle;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private written: number;

  private constructor(path: string, handle: FileHandle, length: number) {
    this.path = path;
    this.handle = handle;
    this.written = length;
  }

  /** Opens a file, made where there is none, and cuts it to `length`. */
  static open(path: string, length = 0): Promise<AppendFile> {
    return writing(path, async () => {
      const handle = await open(path, length === 0 ? 'w+' : 'r+');
      const { size } = await handle.stat();
      if (size < length) {
        await handle.close();
        throw new Error(`${size} < ${length}`);
      }
      await handle.truncate(length);
      return new AppendFile(path, handle, length);
    });
  }

  /** Bytes so far. */
  get length(): number {
    return this.written + this.waitingBytes;
  }

  async append(bytes: Uint8Array | string): Promise<void> {
    const part = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    this.waiting.push(part);
    this.waitingBytes += part.byteLength;
    if (this.waitingBytes >= BUFFER_BYTES) await this.writeOut();
  }

  /** Makes everything safe, and gives the length from which a later run may go on. */
  async flush(): Promise<number> {
    await this.writeOut();
    await writing(this.path, () => this.handle.datasync());
    return this.written;
  }

  /** Overwrites bytes that have been written out. */
  async overwrite(bytes: Uint8Array, position: number): Promise<void> {
    await this.writeOut();
    await writing(this.path, () => this.handle.write(bytes, 0, bytes.byteLength, position));
  }

  /** Closes it; what was not flushed may be lost. */
  close(): Promise<void> {
    return this.handle.close();
  }

  private async writeOut(): Promise<void> {
    if (this.waitingBytes === 0) return;
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    await writing(this.path, async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, this.written);
        done += bytesWritten;
        this.written += bytesWritten;
      }
    });
  }
}

/** Turns a failure into TUWEN_FILE_UNWRITABLE. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}
