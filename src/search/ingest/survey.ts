/** What has changed in the folders since the last time. */
import type { TuwenError } from '../../base/index.ts';
import { idOf } from '../identity.ts';
import type { Notes } from '../notes.ts';
import type { VectorStore } from '../stores/store.ts';
import type { FieldValue, Item } from '../types.ts';
import { readFields } from './sidecar.ts';
import { type FoundFile, walk } from './walk.ts';

export interface Survey {
  readonly unchanged: number;
  /** Folders whose contents are not known this time: nothing in them is removed. */
  readonly unreadable: readonly string[];
}

export interface SurveyOptions {
  readonly roots: readonly string[];
  readonly scopes?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told of each folder before it is looked into. */
  readonly onFolder?: (folder: string) => void;
  readonly onFiles: (count: number) => void;
  /** Told of what failed: a folder, a sidecar, or a picture that failed before and has not changed since. */
  readonly onFailure: (path: string, code: string, error?: TuwenError) => void;
}

/** Walks the folders, marks what is there as seen, and queues what is new or changed. */
export async function survey(store: VectorStore, notes: Notes, options: SurveyOptions): Promise<Survey> {
  const { roots, scopes, signal, onFolder, onFiles, onFailure } = options;
  const entered = new Set<string>();
  const unreadable: string[] = [];
  let unchanged = 0;
  notes.startSeeing();
  const walking = { ...(scopes && { scopes }), ...(signal && { signal }), ...(onFolder && { onFolder }) };
  for (const root of roots) {
    for await (const found of walk(root, entered, walking)) {
      if ('error' in found) {
        unreadable.push(found.folder);
        onFailure(found.folder, found.error.code, found.error);
        continue;
      }
      const changed = await changedFiles(store, notes, found.files, onFailure);
      notes.queue(changed.files);
      unchanged += changed.unchanged;
      onFiles(found.files.length);
    }
  }
  return { unchanged, unreadable };
}

async function changedFiles(
  store: VectorStore,
  notes: Notes,
  files: readonly FoundFile[],
  onFailure: SurveyOptions['onFailure'],
) {
  const ids = files.map(({ path }) => idOf(path));
  notes.see(ids);
  const known = new Map((await store.get(ids)).map((item) => [item.id, item]));
  const failures = new Map(notes.failures(files).map(({ path, code }) => [path, code]));
  const changed: FoundFile[] = [];
  let unchanged = 0;
  for (const [i, file] of files.entries()) {
    const item = known.get(ids[i]!);
    const failed = failures.get(file.path);
    if (failed !== undefined) onFailure(file.path, failed);
    else if (item && (await isUnchanged(file, item, onFailure))) unchanged += 1;
    else changed.push(file);
  }
  return { files: changed, unchanged };
}

async function isUnchanged(
  file: FoundFile,
  item: Item,
  onFailure: SurveyOptions['onFailure'],
): Promise<boolean> {
  if (item.size !== file.size || item.modified !== file.modified) return false;
  const fields = await fieldsOf(file, onFailure);
  return JSON.stringify(fields ?? {}) === JSON.stringify(item.fields ?? {});
}

/** A picture's own fields; a sidecar that cannot be read is reported, and the picture stands without it. */
export async function fieldsOf(
  { path, hasSidecar }: FoundFile,
  onFailure: SurveyOptions['onFailure'],
): Promise<Readonly<Record<string, FieldValue>> | undefined> {
  if (!hasSidecar) return undefined;
  try {
    return await readFields(path);
  } catch (error) {
    const { code } = error as TuwenError;
    onFailure(`${path}.json`, code, error as TuwenError);
    return undefined;
  }
}
