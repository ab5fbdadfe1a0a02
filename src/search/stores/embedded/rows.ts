import { dirname } from 'node:path';
import type { FieldValue, Item } from '../../types.ts';
import { nameOf, numberOf, slashed } from '../../where/index.ts';

export const FORMAT = 1;

/**
 * `number` grows and is never used twice: it stands for one vector for ever, so that an index of vectors by number can
 * be incomplete, and can never be wrong. What `where` searches without minding capitals is kept in small letters.
 */
export const SCHEMA = `
create table if not exists facts (key text primary key, value text not null) without rowid;
create table if not exists items (
  number integer primary key autoincrement,
  id text not null unique,
  path text not null, path_folded text not null,
  name text not null, name_folded text not null,
  folder text not null, place text not null,
  size integer not null, modified integer not null,
  width integer not null, height integer not null, taken integer,
  hash text not null, hash_folded text not null,
  fields text, fields_folded text
);
create index if not exists items_folder on items (folder);
create index if not exists items_hash on items (hash);
create table if not exists vectors (number integer primary key, vector blob not null);
`;

const COLUMNS = [
  'id',
  'path',
  'path_folded',
  'name',
  'name_folded',
  'folder',
  'place',
  'size',
  'modified',
  'width',
  'height',
  'taken',
  'hash',
  'hash_folded',
  'fields',
  'fields_folded',
] as const;

/** Takes a number, or null for a new one, and the values of an item. */
export const INSERT = `insert into items (number, ${COLUMNS.join(', ')}) values (?, ${COLUMNS.map(() => '?').join(', ')}) returning number`;

/** What is read back of a row. */
export const SELECTED =
  'items.number, items.id, items.path, items.folder, items.size, items.modified, items.width, items.height, items.taken, items.hash, items.fields';

export interface Row {
  readonly number: number;
  readonly id: string;
  readonly path: string;
  readonly folder: string;
  readonly size: number;
  readonly modified: number;
  readonly width: number;
  readonly height: number;
  readonly taken: number | null;
  readonly hash: string;
  readonly fields: string | null;
}

/** The values of an item, in the order of the columns. */
export function valuesOf(item: Item): (string | number | null)[] {
  const name = nameOf(item.path);
  const folder = dirname(item.path);
  const fields = item.fields && JSON.stringify(item.fields);
  const folded = item.fields && JSON.stringify(item.fields, (_, value: FieldValue) => lower(value));
  return [
    item.id,
    item.path,
    item.path.toLowerCase(),
    name,
    name.toLowerCase(),
    folder,
    slashed(folder),
    item.size,
    numberOf(item, 'modified')!,
    item.width,
    item.height,
    numberOf(item, 'taken') ?? null,
    item.hash,
    item.hash.toLowerCase(),
    fields ?? null,
    folded ?? null,
  ];
}

function lower(value: FieldValue): FieldValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

export function itemOf(row: Row): Item {
  return {
    id: row.id,
    path: row.path,
    folder: row.folder,
    size: row.size,
    modified: new Date(row.modified).toISOString(),
    width: row.width,
    height: row.height,
    ...(row.taken === null ? {} : { taken: new Date(row.taken).toISOString().slice(0, 19) }),
    hash: row.hash,
    ...(row.fields === null ? {} : { fields: JSON.parse(row.fields) as Record<string, FieldValue> }),
  };
}

/** A stored vector as the database gives it: which of the two depends on how it is asked. */
export type Blob = ArrayBuffer | Uint8Array;

/** The numbers of a stored vector. */
export function vectorOf(blob: Blob): Float32Array {
  return new Float32Array(blob instanceof ArrayBuffer ? blob : Uint8Array.from(blob).buffer);
}

export function blobOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
