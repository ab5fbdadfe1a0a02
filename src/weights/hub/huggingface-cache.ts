/**
 * The cache that Hugging Face's own tools keep: `models--org--name/` with the contents by hash in `blobs/`, a folder of
 * links to them for every commit in `snapshots/`, and the commits of branches and tags in `refs/`.
 */
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { writeAtomically } from '../files.ts';
import { filesIn, isFileOf } from './cache-files.ts';
import type { Shelf } from './hub.ts';
import type { Listing, RemoteFile, Repository, Snapshot } from './types.ts';

const COMMIT = /^[0-9a-f]{40}$/;

export async function findSnapshot(
  root: string,
  { id, revision = 'main' }: Repository,
): Promise<Snapshot | undefined> {
  const storage = storageOf(root, id);
  const ref = await readFile(join(storage, 'refs', revision), 'utf8').catch(() => undefined);
  const commit = ref?.trim() ?? revision;
  return COMMIT.test(commit) ? filesIn(join(storage, 'snapshots', commit)) : undefined;
}

export function shelfOf(root: string, { id }: Repository, { commit, revision }: Listing): Shelf {
  const storage = storageOf(root, id);
  const folder = join(storage, 'snapshots', commit);
  const blob = ({ hash }: RemoteFile) => join(storage, 'blobs', hash.hex);
  const partial = (file: RemoteFile) => `${blob(file)}.tuwen.incomplete`;
  return {
    folder,
    lock: join(root, '.locks', folderName(id), 'tuwen.lock'),
    partial,
    // Contents lie under their hash, so what is there in full size is what was announced.
    has: async (file) => (await isFileOf(join(folder, file.name), file)) || isFileOf(blob(file), file),
    async place(files) {
      for (const file of files) {
        const pointer = join(folder, file.name);
        if (await isFileOf(pointer, file)) continue;
        if (!(await isFileOf(blob(file), file))) await rename(partial(file), blob(file));
        await mkdir(dirname(pointer), { recursive: true });
        await rm(pointer, { force: true });
        await linkOrMove(blob(file), pointer);
      }
      if (revision !== commit) await writeRef(join(storage, 'refs', revision), commit);
    },
  };
}

/** Where links are not to be had (Windows, without the right to make them) the file itself takes the place. */
async function linkOrMove(target: string, pointer: string): Promise<void> {
  try {
    await symlink(relative(dirname(pointer), target), pointer);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'UNKNOWN'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    await rename(target, pointer);
  }
}

async function writeRef(path: string, commit: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) === commit) return;
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, [new TextEncoder().encode(commit)]);
}

function storageOf(root: string, id: string): string {
  return join(root, folderName(id));
}

function folderName(id: string): string {
  return `models--${id.replace('/', '--')}`;
}
