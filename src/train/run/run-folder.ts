/** The folder of a run: its settings, its log, its checkpoints. */
import { access, appendFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TuwenError } from '../../base/index.ts';

export interface RunFolder {
  readonly path: string;
  /** The newest checkpoint. */
  readonly latest: string;
  /** The one that validated best. */
  readonly best: string;
  /** Where a checkpoint that is kept stands, such as `epoch3`. */
  readonly kept: (name: string) => string;
  /** One line of JSON for everything that is reported. */
  readonly log: (record: object) => Promise<void>;
  /** Writes a small file of the run. */
  readonly note: (name: string, content: string) => Promise<void>;
}

export async function openRunFolder(logs: string, name: string): Promise<RunFolder> {
  const path = join(logs, name);
  const checkpoints = join(path, 'checkpoints');
  await mkdir(checkpoints, { recursive: true }).catch((cause) => {
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason: cause.code ?? String(cause) }, { cause });
  });
  return {
    path,
    latest: join(checkpoints, 'epoch_latest.safetensors'),
    best: join(checkpoints, 'best.safetensors'),
    kept: (each) => join(checkpoints, `${each}.safetensors`),
    log: (record) => appendFile(join(path, 'log.jsonl'), `${JSON.stringify(record)}\n`),
    note: (each, content) => writeFile(join(path, each), content),
  };
}

/** Lets a file be known by a second name, without writing it again; what stood there goes. */
export async function keepAs(path: string, name: string): Promise<void> {
  const beside = `${name}.new`;
  await rm(beside, { force: true });
  await link(path, beside);
  await rename(beside, name);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
