/** What the commands on collections share. */
import { existsSync } from 'node:fs';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isTuwenError } from '../base/index.ts';
import { type Collection, type CollectionInfo, openCollection } from '../search/index.ts';
import { texts } from './texts/index.ts';

export interface CollectionOptions {
  readonly collection?: string | undefined;
  readonly store?: string | undefined;
}

export const collectionOption = () => new Option('--collection <name>', texts().collections.collection);
export const storeOption = () => new Option('--store <address>', texts().collections.store);
export const whereOption = () => new Option('--where <filter>', texts().collections.where);

/** Reads the value of an option that is a cosine. */
export function cosineValue(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= -1 && number <= 1) return number;
  throw new InvalidArgumentError(texts().collections.cosine);
}

/** What `openCollection` takes from the options of a command. */
export function placeOf({ collection, store }: CollectionOptions) {
  return { ...(collection !== undefined && { name: collection }), ...(store !== undefined && { store }) };
}

/** What is known of a collection before its model is loaded; undefined where there is none. */
export async function peek(options: CollectionOptions): Promise<CollectionInfo | undefined> {
  try {
    return await withCollection(await openCollection(placeOf(options)), (collection) => collection.info());
  } catch (error) {
    if (isTuwenError(error, 'TUWEN_COLLECTION_MISSING')) return undefined;
    throw error;
  }
}

/** The model named, else the one whose vectors a collection holds: any other would be refused. */
export function modelFor(named: string | undefined, info: CollectionInfo | undefined): string | undefined {
  if (named !== undefined || info?.model === undefined) return named;
  const { name, path } = info.model;
  return path !== undefined && existsSync(path) ? path : name;
}

/** Closes a collection after `use`. */
export async function withCollection<T>(
  collection: Collection,
  use: (collection: Collection) => Promise<T>,
): Promise<T> {
  try {
    return await use(collection);
  } finally {
    await collection.close();
  }
}
