/**
 * The cache that ModelScope's own tools keep: `models/org--name/snapshots/revision/`, and the folders of older
 * versions of them, which hold one revision each.
 */
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesIn, isFileOf } from './cache-files.ts';
import { hasherFor, hashFile } from './hash.ts';
import type { Shelf } from './hub.ts';
import type { Listing, RemoteFile, Repository, Snapshot } from './types.ts';

const MASTER = 'master';

export function revisionOf({ revision, usualRevision }: Repository): string {
  return revision ?? usualRevision ?? MASTER;
}

export async function findSnapshot(root: string, repository: Repository): Promise<Snapshot | undefined> {
  for (const folder of foldersOf(root, repository)) {
    const found = await filesIn(folder);
    if (found) return found;
  }
  return undefined;
}

/** Where a repository may lie, best first. Folders of older tools do not tell their revision, so they serve who asks for none. */
function foldersOf(root: string, repository: Repository): string[] {
  const snapshots = snapshotsOf(root, repository);
  if (repository.revision !== undefined) return [join(snapshots, repository.revision)];
  const [owner, name] = repository.id.split('/') as [string, string];
  const safeName = name.replaceAll('.', '___');
  const revisions = [...new Set([revisionOf(repository), MASTER, 'main'])];
  return [
    ...revisions.map((revision) => join(snapshots, revision)),
    join(root, 'models', owner, safeName),
    join(root, 'hub', 'models', owner, safeName),
    join(root, owner, safeName),
    join(root, 'hub', owner, safeName),
  ];
}

export function shelfOf(root: string, repository: Repository, { revision }: Listing): Shelf {
  const folder = join(snapshotsOf(root, repository), revision);
  const place = ({ name }: RemoteFile) => join(folder, name);
  const partial = (file: RemoteFile) => `${place(file)}.${file.hash.hex.slice(0, 16)}.incomplete`;
  return {
    folder,
    lock: join(root, '.lock', `tuwen_${repository.id.replace('/', '--')}.lock`),
    partial,
    // A branch moves, and its files keep their names: only the hash tells which they are.
    async has(file, signal) {
      if (!(await isFileOf(place(file), file))) return false;
      const hasher = hasherFor(file);
      await hashFile(place(file), hasher, signal);
      return hasher.digest() === file.hash.hex;
    },
    async place(files) {
      for (const file of files) {
        if (!(await isFileOf(partial(file), file))) continue;
        await mkdir(dirname(place(file)), { recursive: true });
        await rename(partial(file), place(file));
      }
    },
  };
}

function snapshotsOf(root: string, { id }: Repository): string {
  return join(root, 'models', id.replace('/', '--'), 'snapshots');
}
