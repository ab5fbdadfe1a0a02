/** The last step: what is whole moves under its final name. */
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writing } from '../write/append-file.ts';

/** Moves everything in `from`, but what is named in `except`, into `to`; folders that are there already are filled up. */
export async function moveInto(from: string, to: string, except: readonly string[] = []): Promise<void> {
  await writing(to, async () => {
    await mkdir(to, { recursive: true });
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (except.includes(entry.name)) continue;
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory() && (await isThere(target))) await moveInto(source, target);
      else await rename(source, target);
    }
  });
}

/** Removes what a folder holds of a split, in any form. */
export async function removeSplit(folder: string, split: string): Promise<void> {
  const belongs = (name: string) =>
    [split, `${split}_imgs.tsv`, `${split}_texts.jsonl`, `${split}_imgs.ids`].includes(name) ||
    (name.startsWith(`${split}-`) && /^\d+(-of-\d+)?\.(tar|parquet)$/.test(name.slice(split.length + 1)));
  await writing(folder, async () => {
    for (const name of await namesIn(folder)) {
      if (belongs(name)) await rm(join(folder, name), { recursive: true });
    }
    await rm(join(folder, 'lmdb', split), { recursive: true, force: true });
  });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
