import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileError, type TuwenError, throwIfAborted } from '../../base/index.ts';
import { HIDDEN, type Rules, rulesIn } from './ignore.ts';

/** What is told to be a picture by its name; its bytes decide later. */
export const PICTURE = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp|heic|heif)$/i;

export interface FoundFile {
  readonly path: string;
  readonly size: number;
  /** ISO 8601, to the millisecond. */
  readonly modified: string;
  /** Whether `<file>.json` lies beside it. */
  readonly hasSidecar: boolean;
}

/** Pictures of one folder, a part of them at a time and at least once; or a folder that cannot be read. */
export type Found =
  | { readonly folder: string; readonly files: readonly FoundFile[] }
  | { readonly folder: string; readonly error: TuwenError };

export interface WalkOptions {
  /** Looks only into these folders below the root, and all below them. */
  readonly scopes?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told of each folder before it is read. */
  readonly onFolder?: (folder: string) => void;
}

/** Files whose sizes and times are asked for at once. */
const AT_ONCE = 64;
const PART = 512;
const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * The pictures in a folder and all below it, folder by folder. Hidden and ignored files are left out; links are
 * followed, but no folder is entered twice: `entered` holds those that were. Throws TUWEN_FILE_MISSING or
 * TUWEN_FILE_UNREADABLE where `root` itself is no folder that can be read.
 */
export async function* walk(
  root: string,
  entered: Set<string>,
  { scopes, signal, onFolder }: WalkOptions = {},
): AsyncGenerator<Found, void, undefined> {
  const waiting: { folder: string; rules: Rules }[] = [{ folder: root, rules: HIDDEN }];
  for (let here = waiting.pop(); here; here = waiting.pop()) {
    const { folder } = here;
    throwIfAborted('run', signal, folder);
    try {
      const status = await stat(folder);
      const identity = `${status.dev}:${status.ino}`;
      if (entered.has(identity)) continue;
      entered.add(identity);
      onFolder?.(folder);
      const entries = await readdir(folder, { withFileTypes: true });
      const names = entries.map(({ name }) => name);
      const rules = await rulesIn(folder, names, here.rules);
      const { folders, files } = await sorted(folder, entries, rules);
      if (isWithin(folder, scopes)) yield* foundFiles(folder, files, new Set(names), signal);
      const next = folders.filter((each) => isWithin(each, scopes) || leadsTo(each, scopes));
      waiting.push(...next.reverse().map((each) => ({ folder: each, rules })));
    } catch (error) {
      if (folder === root || signal?.aborted) throw fileError(folder, error);
      yield { folder, error: fileError(folder, error) };
    }
  }
}

/** Whether a path is one of these folders or below one; without folders every path is. */
export function isWithin(path: string, folders: readonly string[] | undefined): boolean {
  return folders === undefined || folders.some((folder) => path === folder || path.startsWith(below(folder)));
}

function leadsTo(folder: string, scopes: readonly string[] | undefined): boolean {
  return scopes?.some((scope) => scope.startsWith(below(folder))) ?? false;
}

function below(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

/** Which entries are folders and which are pictures, in natural order. */
async function sorted(folder: string, entries: readonly Dirent[], rules: Rules) {
  const [folders, files]: [string[], string[]] = [[], []];
  for (const entry of [...entries].sort((a, b) => compare(a.name, b.name))) {
    const path = join(folder, entry.name);
    const isFolder = entry.isSymbolicLink()
      ? ((await stat(path).catch(() => undefined))?.isDirectory() ?? false)
      : entry.isDirectory();
    if (isFolder ? rules.excludes(path, true) : !PICTURE.test(path) || rules.excludes(path, false)) continue;
    (isFolder ? folders : files).push(path);
  }
  return { folders, files };
}

async function* foundFiles(
  folder: string,
  paths: readonly string[],
  names: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Found, void, undefined> {
  for (let from = 0; from === 0 || from < paths.length; from += PART) {
    throwIfAborted('run', signal, folder);
    const files: FoundFile[] = [];
    const part = paths.slice(from, from + PART);
    for (let i = 0; i < part.length; i += AT_ONCE) {
      const some = part.slice(i, i + AT_ONCE);
      // A file that went away meanwhile was never there.
      const found = await Promise.all(some.map((path) => stat(path).catch(() => undefined)));
      found.forEach((status, j) => {
        const path = some[j]!;
        const hasSidecar = names.has(`${path.slice(folder.length).replace(/^[\\/]/, '')}.json`);
        if (status?.isFile()) files.push(versionOf(path, status, hasSidecar));
      });
    }
    yield { folder, files };
  }
}

function versionOf(path: string, { size, mtimeMs }: Stats, hasSidecar: boolean): FoundFile {
  return { path, size, modified: new Date(Math.floor(mtimeMs)).toISOString(), hasSidecar };
}
