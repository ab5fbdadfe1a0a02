import { constants, copyFile, mkdir, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { TuwenError } from '../base/index.ts';
import type { Hit } from '../search/index.ts';

/**
 * Copies found pictures to a folder, or links to them there: `001-name.jpg`, best first. What is there already is left
 * as it is, with TUWEN_FILE_UNWRITABLE.
 */
export async function exportHits(hits: readonly Hit[], folder: string, how: 'link' | 'copy'): Promise<void> {
  const digits = Math.max(3, String(hits.length).length);
  await written(folder, () => mkdir(folder, { recursive: true }));
  for (const [i, { path }] of hits.entries()) {
    const target = join(folder, `${String(i + 1).padStart(digits, '0')}-${basename(path)}`);
    await written(target, () =>
      how === 'link' ? symlink(resolve(path), target) : copyFile(path, target, constants.COPYFILE_EXCL),
    );
  }
}

async function written(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}
