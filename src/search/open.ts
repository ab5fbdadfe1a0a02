import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TuwenError } from '../base/index.ts';
import type { Clip } from '../clip/index.ts';
import { createCollection } from './collection.ts';
import { openNotes } from './notes.ts';
import { checkName, DEFAULT_NAME, EMBEDDED, folderOf } from './places.ts';
import { openStore } from './stores/open.ts';
import type { Collection } from './types.ts';

export interface OpenCollectionOptions {
  /** Default: `default`. */
  readonly name?: string;
  /** `embedded` (default), in TUWEN_HOME, or `milvus://host:port`. */
  readonly store?: string;
  /** Where an embedded collection lies, or the notes on another; default: in TUWEN_HOME, by its name. */
  readonly folder?: string;
  /** The model, which stays the caller's to close. Without one, pictures can be looked up, not taken in. */
  readonly clip?: Clip;
  /** Makes the collection where there is none. Default: it must be there. */
  readonly create?: boolean;
}

/**
 * Opens a collection. Throws TUWEN_COLLECTION_MISSING, TUWEN_COLLECTION_FORMAT, TUWEN_BAD_ARGUMENT,
 * TUWEN_FILE_UNWRITABLE, TUWEN_STORE_PACKAGE, TUWEN_STORE_FAILED.
 */
export async function openCollection(options: OpenCollectionOptions = {}): Promise<Collection> {
  const { name = DEFAULT_NAME, store = EMBEDDED, clip, create = false } = options;
  checkName(name);
  const known = { name, store };
  const folder = options.folder ?? folderOf(known);
  const opened = await openStore(store, name, folder, create);
  if (opened === undefined)
    throw new TuwenError('TUWEN_COLLECTION_MISSING', { collection: name, store: placeOf(store, folder) });
  try {
    await makeFolder(folder, JSON.stringify(known));
    return createCollection({ name, address: store, folder, store: opened, notes: openNotes(folder), clip });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function placeOf(store: string, folder: string): string {
  return store === EMBEDDED ? folder : store;
}

async function makeFolder(folder: string, description: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'collection.json'), description, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path: folder, reason: String(code) }, { cause });
  }
}
