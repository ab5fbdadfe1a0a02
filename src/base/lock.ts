/** One process at a time: a lock that is free again when the process that holds it ends, however it ends. */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { throwIfAborted } from './cancel.ts';
import { TuwenError } from './errors.ts';
import { fileError } from './file-error.ts';
import { aliveSince } from './process-start.ts';

export interface LockOptions {
  /** Wait for the other process, asked for at this interval in milliseconds. Left out: do not wait. */
  readonly waitEvery?: number;
  readonly signal?: AbortSignal;
}

/** Held until it is released. */
export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/**
 * Takes the lock that is the file `path`, whose folder must be there. A lock whose process has ended is taken over.
 * Throws TUWEN_LOCKED where another process holds it and there is no waiting, TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const { waitEvery, signal } = options;
  for (;;) {
    if (await created(path)) {
      const release = () => rm(path, { force: true });
      return { release, [Symbol.asyncDispose]: release };
    }
    const holder = await holderOf(path);
    if (holder === undefined) continue; // Released meanwhile.
    if (!(await isHeld(holder))) await removeStale(path, holder.content);
    else if (waitEvery === undefined) throw new TuwenError('TUWEN_LOCKED', { path, pid: holder.pid });
    else {
      throwIfAborted('run', signal, path);
      await pause(waitEvery, undefined, { signal }).catch(() => throwIfAborted('run', signal, path));
    }
  }
}

interface Holder {
  readonly content: string;
  readonly pid: number;
  /** When the process began, in the system's own terms, where that can be told. */
  readonly started: string | undefined;
}

/** Writes the lock whole before it appears under its name, so that no one reads half of it. */
async function created(path: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  try {
    const file = await open(own, 'wx');
    await file.writeFile(`${process.pid} ${(await aliveSince(process.pid)) ?? ''}\n`);
    await file.close();
    await link(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  } finally {
    await rm(own, { force: true });
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const content = await readFile(path, 'utf8').catch((cause) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(path, cause);
  });
  if (content === undefined) return undefined;
  const [, pid, started] = /^(\d+) ?(.*)/.exec(content) ?? [];
  return { content, pid: Number(pid ?? 0), started: started || undefined };
}

/** A process of the same number that began at another time is another process. */
async function isHeld({ pid, started }: Holder): Promise<boolean> {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = await aliveSince(pid);
  return started === undefined || now === undefined || now === started;
}

/** Removes the lock that was read, and no other that has taken its place since. */
async function removeStale(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== content) await link(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw fileError(path, error);
  } finally {
    await rm(aside, { force: true });
  }
}
