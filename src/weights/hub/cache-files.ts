import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteFile, Snapshot } from './types.ts';

/** Whether a path leads to a file of the size announced. */
export async function isFileOf(path: string, { bytes }: RemoteFile): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() === true && status.size === bytes;
}

/** The files that lie in a folder itself, links to files that are there among them; undefined where there is none. */
export async function filesIn(folder: string): Promise<Snapshot | undefined> {
  const all = await readdir(folder).catch(() => []);
  const names: string[] = [];
  for (const name of all.sort()) {
    const status = await stat(join(folder, name)).catch(() => undefined);
    if (status?.isFile() && !name.endsWith('.incomplete')) names.push(name);
  }
  return names.length > 0 ? { folder, names } : undefined;
}
