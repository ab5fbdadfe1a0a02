/** Where collections are kept. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { home, TuwenError } from '../base/index.ts';

/** Letters and digits of any script, `-`, `_`, `.`, not beginning with a dot or hyphen. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u;

export const DEFAULT_NAME = 'default';
/** The address of a collection that lies in a folder of this machine. */
export const EMBEDDED = 'embedded';

export interface KnownCollection {
  readonly name: string;
  readonly store: string;
}

const collectionsFolder = (): string => join(home(), 'collections');

/** Throws TUWEN_BAD_ARGUMENT where a name cannot be one. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  const expected = 'a name of letters, digits, - and _, at most 64';
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'collection', got: name, expected });
}

/** This machine's folder for a collection: what is kept here, or notes on what a server keeps. */
export function folderOf({ name, store }: KnownCollection): string {
  if (store === EMBEDDED) return join(collectionsFolder(), name);
  const server = createHash('sha256').update(store).digest('hex').slice(0, 8);
  return join(collectionsFolder(), `${name}@${server}`);
}

/** The collections this machine knows, by name. */
export async function listCollections(): Promise<KnownCollection[]> {
  const names = await readdir(collectionsFolder()).catch(() => []);
  const found = names.map(async (name) => {
    const text = await readFile(join(collectionsFolder(), name, 'collection.json'), 'utf8').catch(() => '');
    return text === '' ? [] : [JSON.parse(text) as KnownCollection];
  });
  return (await Promise.all(found)).flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}
