/** A repository's files, from a hub or from its cache. */
import { mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  acquireLock,
  home,
  type OnProgress,
  progressMeter,
  TuwenError,
  throwIfAborted,
} from '../../base/index.ts';
import { AttemptFailure } from './attempts.ts';
import { type HubClient, openClient, Refusal } from './client.ts';
import { downloadFile } from './download-file.ts';
import type { Hub, Select, Shelf } from './hub.ts';
import { huggingface } from './huggingface.ts';
import { modelscope } from './modelscope.ts';
import { checkRepository } from './names.ts';
import type { HubName, HubOptions, Listing, RemoteFile, Repository, Snapshot } from './types.ts';

const HUBS: Readonly<Record<HubName, Hub>> = { huggingface, modelscope };

/** How often a listing and a file are asked for in vain. */
const ATTEMPTS = 5;
/** The same for someone who knows another hub to ask. */
const FEW_ATTEMPTS = 2;
/** How often a process that waits for another one looks again, in milliseconds. */
const WAIT_EVERY = 200;

export interface DownloadOptions extends HubOptions {
  /** Bytes of all the files together. */
  readonly onProgress?: OnProgress | undefined;
  /** Ask less often for the listing: the caller knows another hub. */
  readonly hasOther?: boolean | undefined;
}

export function hubTitle(hub: HubName): string {
  return HUBS[hub].title;
}

/** Whether the environment allows no downloads: TUWEN_OFFLINE, or the hub's own variable. */
export function hubIsOffline(hub: HubName, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { TUWEN_OFFLINE } = environment;
  return (
    (TUWEN_OFFLINE !== undefined && !/^(|0|false|no|off)$/i.test(TUWEN_OFFLINE)) ||
    HUBS[hub].offline(environment)
  );
}

/** What caches on this machine have of a repository, best first. The hub is not asked. */
export async function findRepository(
  repository: Repository,
  { cacheDir }: Pick<HubOptions, 'cacheDir'> = {},
): Promise<Snapshot[]> {
  checkRepository(repository);
  const found: Snapshot[] = [];
  for (const root of rootsOf(repository.hub, cacheDir)) {
    const snapshot = await HUBS[repository.hub].find(root, repository);
    if (snapshot) found.push(snapshot);
  }
  return found;
}

/**
 * What a hub says a repository holds, of the files that `select` takes.
 * Throws TUWEN_HUB_UNREACHABLE, TUWEN_HUB_REFUSED, TUWEN_REPOSITORY_MISSING, TUWEN_HUB_ANSWER_INVALID,
 * TUWEN_BAD_ARGUMENT, TUWEN_CANCELLED, and what `select` throws.
 */
export async function listRepository(
  repository: Repository,
  select: Select,
  options: DownloadOptions = {},
): Promise<Listing> {
  checkRepository(repository);
  const hub = HUBS[repository.hub];
  await using client = await clientOf(hub, options, options.hasOther ? FEW_ATTEMPTS : ATTEMPTS);
  return await named(hub, repository, client, () => hub.list(client, repository, select));
}

/**
 * Brings the files of a listing into the hub's cache: those that are missing, each held to its size and hash, and
 * gives the folder where they lie by their names. One process does it, others wait and find it done; one that is
 * stopped leaves what it has to the next.
 * Throws TUWEN_DOWNLOAD_FAILED, TUWEN_DOWNLOAD_CORRUPT, TUWEN_DISK_FULL, TUWEN_FILE_UNWRITABLE, TUWEN_HUB_REFUSED,
 * TUWEN_REPOSITORY_MISSING, TUWEN_HUB_ANSWER_INVALID, TUWEN_CANCELLED.
 */
export async function downloadRepository(
  repository: Repository,
  listing: Listing,
  options: DownloadOptions = {},
): Promise<string> {
  const hub = HUBS[repository.hub];
  const shelf = hub.shelf(rootsOf(repository.hub, options.cacheDir)[0]!, repository, listing);
  await makeFolder(dirname(shelf.lock));
  await using _lock = await lockOf(shelf, options.signal);
  const missing: RemoteFile[] = [];
  for (const file of listing.files) if (!(await shelf.has(file, options.signal))) missing.push(file);
  if (missing.length > 0) {
    await using client = await clientOf(hub, options, ATTEMPTS);
    await named(hub, repository, client, () =>
      downloadMissing({ hub, client, repository, listing, shelf, missing, options }),
    );
  }
  await unwritable(shelf.folder, () => shelf.place(listing.files));
  return shelf.folder;
}

interface Missing {
  readonly hub: Hub;
  readonly client: HubClient;
  readonly repository: Repository;
  readonly listing: Listing;
  readonly shelf: Shelf;
  readonly missing: readonly RemoteFile[];
  readonly options: DownloadOptions;
}

async function downloadMissing({ hub, client, repository, listing, shelf, missing, options }: Missing) {
  const before = sum(await Promise.all(missing.map((file) => grownOf(shelf.partial(file), file))));
  const total = sum(missing.map(({ bytes }) => bytes));
  for (const file of missing) await makeFolder(dirname(shelf.partial(file)));
  await checkSpace(dirname(shelf.partial(missing[0]!)), total - before);
  const { advance } = progressMeter('byte', total, options.onProgress, before);
  for (const file of missing) {
    const address = hub.address(client, repository, listing, file);
    await downloadFile({ client, address, file, partial: shelf.partial(file), advance });
  }
}

/** The cache folders of a hub: the first is written to, all are read. */
function rootsOf(name: HubName, cacheDir: string | undefined, environment = process.env): string[] {
  if (cacheDir !== undefined) return [cacheDir];
  const hub = HUBS[name];
  const own = environment.TUWEN_HOME && !hub.cacheNamed(environment) ? [join(home(environment), name)] : [];
  return [...own, hub.cacheFolder(environment)];
}

async function clientOf(hub: Hub, options: HubOptions, attempts: number): Promise<HubClient> {
  const endpoint = options.mirror?.replace(/\/+$/, '') ?? hub.endpoint(process.env);
  const credentials = await hub.credentials(process.env);
  return openClient({ endpoint, credentials, attempts }, options);
}

/** Tells in whose name a request failed. */
async function named<T>(
  { title }: Hub,
  { id, revision }: Repository,
  client: HubClient,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AttemptFailure) {
      const value = { hub: title, address: client.endpoint, reason: cause.message };
      throw new TuwenError('TUWEN_HUB_UNREACHABLE', value, { cause });
    }
    if (!(cause instanceof Refusal)) throw cause;
    const { status, missing, message } = cause;
    if (!missing)
      throw new TuwenError(
        'TUWEN_HUB_REFUSED',
        { hub: title, repository: id, status, reason: message },
        { cause },
      );
    const value = { hub: title, repository: id, revision: revision ?? '–' };
    throw new TuwenError('TUWEN_REPOSITORY_MISSING', value, { cause });
  }
}

async function lockOf(shelf: Shelf, signal: AbortSignal | undefined) {
  return acquireLock(shelf.lock, { waitEvery: WAIT_EVERY, ...(signal ? { signal } : {}) }).catch((error) => {
    throwIfAborted('download', signal);
    throw error;
  });
}

async function checkSpace(path: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  if (needed > free) throw new TuwenError('TUWEN_DISK_FULL', { path, needed, free });
}

function makeFolder(path: string): Promise<unknown> {
  return unwritable(path, () => mkdir(path, { recursive: true }));
}

async function unwritable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}

/** How much of a file an earlier run has left; one that is too long is begun anew. */
async function grownOf(path: string, { bytes }: RemoteFile): Promise<number> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  return size > bytes ? 0 : size;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
