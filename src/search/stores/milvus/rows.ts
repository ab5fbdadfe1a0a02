import { dirname } from 'node:path';
import type { FieldValue, Item } from '../../types.ts';
import { nameOf, numberOf, slashed } from '../../where/index.ts';
import type { StoredItem } from '../store.ts';
import { HAS_TAKEN, presence } from './filter.ts';

/** What Milvus takes for one item, and gives back; its 64-bit numbers come back as strings. */
export interface MilvusRow {
  readonly id: string;
  readonly vector: number[];
  readonly path: string;
  readonly size: number | string;
  readonly modified: number | string;
  readonly width: number | string;
  readonly height: number | string;
  readonly taken: number | string;
  readonly hash: string;
  readonly present: readonly string[];
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** What is read back of a row. */
export const READ = [
  'id',
  'path',
  'size',
  'modified',
  'width',
  'height',
  'taken',
  'hash',
  'present',
  'fields',
];

export function rowOf({ item, vector }: StoredItem): MilvusRow & Record<string, unknown> {
  const name = nameOf(item.path);
  const taken = numberOf(item, 'taken');
  const own = Object.entries(item.fields ?? {});
  return {
    id: item.id,
    vector: Array.from(vector),
    path: item.path,
    path_folded: item.path.toLowerCase(),
    name,
    name_folded: name.toLowerCase(),
    folder: dirname(item.path),
    folders: folderTokens(slashed(dirname(item.path))),
    size: item.size,
    modified: numberOf(item, 'modified')!,
    width: item.width,
    height: item.height,
    taken: taken ?? 0,
    hash: item.hash,
    hash_folded: item.hash.toLowerCase(),
    present: [
      ...(taken === undefined ? [] : [HAS_TAKEN]),
      ...own.map(([key, value]) => presence(key, value)),
    ],
    fields: item.fields ?? {},
    fields_folded: Object.fromEntries(
      own.map(([key, value]) => [key, typeof value === 'string' ? value.toLowerCase() : value]),
    ),
  };
}

export function itemOf(row: MilvusRow): Item {
  const fields = Object.keys(row.fields).length > 0 ? row.fields : undefined;
  const taken = row.present.includes(HAS_TAKEN)
    ? new Date(Number(row.taken)).toISOString().slice(0, 19)
    : undefined;
  return {
    id: row.id,
    path: row.path,
    folder: dirname(row.path),
    size: Number(row.size),
    modified: new Date(Number(row.modified)).toISOString(),
    width: Number(row.width),
    height: Number(row.height),
    ...(taken !== undefined && { taken }),
    hash: row.hash,
    ...(fields && { fields }),
  };
}

/** What `folder = …` may say of a folder: it and those above it, from the root on (`/a/`, `/a/b/`), and every run of names in it (`b/`). */
export function folderTokens(place: string): string[] {
  const ends = [...place.matchAll(/\//g)].map(({ index }) => index + 1);
  const fromRoot = ends.map((end) => place.slice(0, end));
  const runs = ends.flatMap((start, i) => ends.slice(i + 1).map((end) => place.slice(start, end)));
  return [...new Set([...fromRoot, ...runs])];
}
