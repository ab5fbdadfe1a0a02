import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../base/index.ts';

const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * The names of what a folder holds, in natural order, without hidden ones; links count as what they lead to. Nothing for
 * a file. Throws TUWEN_FILE_MISSING, TUWEN_FILE_UNREADABLE.
 */
export async function entriesOf(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const kind = entry.isSymbolicLink()
        ? await stat(join(folder, entry.name)).catch(() => undefined)
        : entry;
      if (kind?.isDirectory()) folders.push(entry.name);
      else if (kind?.isFile()) files.push(entry.name);
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return { files, folders };
    throw fileError(folder, cause);
  }
  return { files: files.sort(compare), folders: folders.sort(compare) };
}
