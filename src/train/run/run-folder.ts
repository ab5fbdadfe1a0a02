/** The folder of a run: its settings, its log, its checkpoints. */
import { access, appendFile, copyFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TuwenError } from '../../base/index.ts';
import { jsonLine } from './json-line.ts';

export interface RunFolder {
  readonly path: string;
  /** The newest checkpoint. */
  readonly latest: string;
  /** The one before, for the day when the newest is not whole. */
  readonly previous: string;
  /** Where a checkpoint that is kept stands, such as `epoch3`. */
  readonly kept: (name: string) => string;
  /** The folder of adapters, where there are any: the newest, or those of a checkpoint that is kept. */
  readonly adapter: (kept?: string) => string;
  /** One line of JSON for everything that is reported. */
  readonly log: (record: object) => Promise<void>;
  /** Writes a small file of the run. */
  readonly note: (name: string, content: string) => Promise<void>;
}

export async function openRunFolder(logs: string, name: string): Promise<RunFolder> {
  const path = join(logs, name);
  const checkpoints = join(path, 'checkpoints');
  await writing(checkpoints, (folder) => mkdir(folder, { recursive: true }));
  return {
    path,
    latest: join(checkpoints, 'epoch_latest.safetensors'),
    previous: join(checkpoints, 'epoch_previous.safetensors'),
    kept: (each) => join(checkpoints, `${each}.safetensors`),
    adapter: (kept) => join(checkpoints, kept === undefined ? 'adapter' : `adapter-${kept}`),
    log: (record) => writing(join(path, 'log.jsonl'), (file) => appendFile(file, `${jsonLine(record)}\n`)),
    note: (each, content) => writing(join(path, each), (file) => writeFile(file, content)),
  };
}

async function writing(path: string, work: (path: string) => Promise<unknown>): Promise<void> {
  try {
    await work(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  }
}

/**
 * Lets a file be known by a second name as well: by a link, or where the file system has none by a copy. What stood
 * there goes, all at once. Throws TUWEN_FILE_UNWRITABLE.
 */
export async function keepAs(path: string, name: string): Promise<void> {
  const beside = `${name}.new`;
  await writing(name, async () => {
    await rm(beside, { force: true });
    await link(path, beside).catch(() => copyFile(path, beside));
    await rename(beside, name);
  });
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
