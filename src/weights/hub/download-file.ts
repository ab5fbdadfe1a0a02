/** One file, by ranges, until it is whole and its hash is right. */
import { type FileHandle, open } from 'node:fs/promises';
import { TuwenError, throwIfAborted } from '../../base/index.ts';
import { AttemptFailure, persistently } from './attempts.ts';
import { type Answer, failureOf, type HubClient, reasonOf } from './client.ts';
import { type Hasher, hasherFor, hashFile } from './hash.ts';
import type { RemoteFile } from './types.ts';

export interface FileDownload {
  readonly client: HubClient;
  readonly address: string;
  readonly file: RemoteFile;
  /** Where it grows. What lies there is taken for its beginning. */
  readonly partial: string;
  /** Hears of bytes that come, and of bytes that are thrown away (negative); not of what lay there. */
  readonly advance: (bytes: number) => void;
}

/** So many new bytes show that a connection that breaks again and again still brings something. */
const PROGRESS_BYTES = 2 ** 20;

/**
 * Fills `partial` with the file. Where what was there before turns out wrong, it begins anew once.
 * Throws TUWEN_DOWNLOAD_FAILED, TUWEN_DOWNLOAD_CORRUPT, TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, Refusal; what has come
 * stays for the next run unless it is known to be wrong.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { partial, file } = download;
  const handle = await writing(partial, () => open(partial, 'a+'));
  try {
    const growth = await growthOf(handle, download);
    const resumed = growth.bytes > 0;
    await grow(growth, download);
    const first = growth.hasher.digest();
    if (first === file.hash.hex) return await writing(partial, () => handle.sync());
    await growth.restart();
    if (!resumed) throw corrupt(file, first);
    await grow(growth, download);
    const second = growth.hasher.digest();
    if (second === file.hash.hex) return await writing(partial, () => handle.sync());
    await growth.restart();
    throw corrupt(file, second);
  } finally {
    await handle.close();
  }
}

/** How much of the file is there, and its hash so far. */
interface Growth {
  bytes: number;
  /** The most there ever was: what comes a second time is no progress. */
  furthest: number;
  hasher: Hasher;
  append(part: Uint8Array): Promise<void>;
  /** Throws away what is there. */
  restart(): Promise<void>;
}

async function growthOf(
  handle: FileHandle,
  { partial, file, advance, client }: FileDownload,
): Promise<Growth> {
  const growth: Growth = {
    bytes: 0,
    furthest: 0,
    hasher: hasherFor(file),
    async append(part) {
      await writing(partial, () => handle.appendFile(part));
      growth.hasher.update(part);
      growth.bytes += part.byteLength;
      advance(part.byteLength);
    },
    async restart() {
      await writing(partial, () => handle.truncate(0));
      advance(-growth.bytes);
      growth.bytes = 0;
      growth.hasher = hasherFor(file);
    },
  };
  const { size } = await handle.stat();
  if (size > file.bytes) await writing(partial, () => handle.truncate(0));
  else if (size > 0) growth.bytes = await hashFile(partial, growth.hasher, client.patience.signal);
  return growth;
}

/** Asks for what is missing until nothing is. */
async function grow(growth: Growth, download: FileDownload): Promise<void> {
  const { client, file } = download;
  if (file.bytes === 0) return;
  // A server that answers one range wrongly is asked for the whole file.
  let ranges = true;
  const attempt = async (progressed: () => void) => {
    if (growth.bytes === file.bytes) return;
    if (!ranges && growth.bytes > 0) await growth.restart();
    const headers: Record<string, string> =
      growth.bytes > 0 ? { range: `bytes=${growth.bytes}-${file.bytes - 1}` } : {};
    const answer = await client.open(download.address, { headers });
    ranges = await placeOf(answer, growth, file);
    await receive(answer, growth, download, progressed);
  };
  try {
    await persistently(attempt, client.patience);
  } catch (error) {
    if (!(error instanceof AttemptFailure)) throw error;
    const value = { file: file.name, received: growth.bytes, bytes: file.bytes, reason: error.message };
    throw new TuwenError('TUWEN_DOWNLOAD_FAILED', value, { cause: error });
  }
}

/**
 * Makes the answer's body begin where the file ends: where the server sends the file from its beginning, what is there
 * is thrown away. Returns whether ranges work. Throws AttemptFailure, TUWEN_DOWNLOAD_CORRUPT.
 */
async function placeOf(answer: Answer, growth: Growth, file: RemoteFile): Promise<boolean> {
  const { status, headers, body } = answer;
  const refuse = (error: Error) => {
    body.destroy();
    return error;
  };
  if (!['', 'identity'].includes(headers['content-encoding'] ?? ''))
    throw refuse(new AttemptFailure(`content-encoding ${headers['content-encoding']}`));
  if (status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (total !== undefined && total !== '*' && Number(total) !== file.bytes)
      throw refuse(corrupt(file, `${total} bytes`, `${file.bytes} bytes`));
    if (Number(start) === growth.bytes && start !== undefined) return true;
    await growth.restart();
    throw refuse(new AttemptFailure(`content-range ${headers['content-range']}`));
  }
  if (status === 416) {
    await growth.restart();
    throw refuse(new AttemptFailure('HTTP 416'));
  }
  if (status !== 200) throw failureOf(answer);
  if (growth.bytes > 0) await growth.restart();
  return true;
}

async function receive(
  { body }: Answer,
  growth: Growth,
  { client, file }: FileDownload,
  progressed: () => void,
): Promise<void> {
  const { signal } = client.patience;
  try {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      if (growth.bytes + part.byteLength > file.bytes) {
        await growth.restart();
        throw corrupt(file, `> ${file.bytes} bytes`, `${file.bytes} bytes`);
      }
      await growth.append(part);
      if (growth.bytes < growth.furthest + PROGRESS_BYTES) continue;
      growth.furthest = growth.bytes;
      progressed();
    }
  } catch (error) {
    throwIfAborted('download', signal, file.name);
    throw error instanceof TuwenError ? error : new AttemptFailure(reasonOf(error), { cause: error });
  } finally {
    body.destroy();
  }
  if (growth.bytes < file.bytes) throw new AttemptFailure(`${growth.bytes} < ${file.bytes} bytes`);
}

function corrupt(file: RemoteFile, got: string, expected = file.hash.hex): TuwenError {
  return new TuwenError('TUWEN_DOWNLOAD_CORRUPT', { file: file.name, expected, got });
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}
