import { join } from 'node:path';
import { openSqlFile } from './stores/embedded/database.ts';
import type { Failure } from './types.ts';

/** What this machine knows of a collection besides its items: losing it costs a little time, and no picture. */
export interface Notes {
  folders(): string[];
  addFolders(folders: readonly string[]): void;
  removeFolder(folder: string): void;
  /** How files failed, among those of these paths, as long as they are as they were. */
  failures(files: readonly FileVersion[]): Failure[];
  setFailure(file: FileVersion, code: string): void;
  forgetFailures(): void;
  /** Begins a round of `see` and `queue`; what an earlier round left is forgotten. */
  startSeeing(): void;
  see(ids: readonly string[]): void;
  /** Those of the ids that were not seen in this round. */
  unseen(ids: readonly string[]): string[];
  /** Puts files behind those that wait to be taken in. */
  queue(files: readonly Waiting[]): void;
  /** The first `limit` that wait behind place `after`. */
  queued(after: number, limit: number): (Waiting & { readonly place: number })[];
  queueLength(): number;
  /** Ends a round: failures of files that are not there any more are forgotten. */
  keepFailures(paths: readonly string[]): void;
  close(): void;
}

export interface FileVersion {
  readonly path: string;
  readonly size: number;
  readonly modified: string;
}

/** A file that is new or changed. */
export interface Waiting extends FileVersion {
  readonly hasSidecar: boolean;
}

const SCHEMA = `
create table if not exists folders (path text primary key) without rowid;
create table if not exists failures
  (path text primary key, size integer not null, modified text not null, code text not null) without rowid;
create table if not exists queue
  (place integer primary key, path text not null, size integer not null, modified text not null, sidecar integer);
create table if not exists seen (id text primary key) without rowid;
`;

export function openNotes(folder: string): Notes {
  const database = openSqlFile(join(folder, 'notes.db'), SCHEMA);
  const each = <T>(items: readonly T[], write: (item: T) => void) =>
    database.transaction(() => items.forEach(write));
  return {
    folders: () =>
      database.all<{ path: string }>('select path from folders order by path').map(({ path }) => path),
    addFolders: (folders) =>
      each(folders, (path) => database.run('insert or ignore into folders values (?)', path)),
    removeFolder: (folder) => database.run('delete from folders where path = ?', folder),
    failures: (files) =>
      database.all<Failure>(
        `select failures.path, code from json_each(?) as file
         join failures on failures.path = file.value ->> 'path'
         where size = file.value ->> 'size' and modified = file.value ->> 'modified'`,
        JSON.stringify(files),
      ),
    setFailure: ({ path, size, modified }, code) =>
      database.run('insert or replace into failures values (?, ?, ?, ?)', path, size, modified, code),
    forgetFailures: () => database.run('delete from failures'),
    startSeeing: () =>
      database.transaction(() => {
        database.run('delete from seen');
        database.run('delete from queue');
      }),
    see: (ids) => each(ids, (id) => database.run('insert or ignore into seen values (?)', id)),
    unseen: (ids) =>
      database
        .all<{ id: string }>(
          'select value as id from json_each(?) where value not in (select id from seen)',
          JSON.stringify(ids),
        )
        .map(({ id }) => id),
    queue: (files) =>
      each(files, ({ path, size, modified, hasSidecar }) =>
        database.run(
          'insert into queue (path, size, modified, sidecar) values (?, ?, ?, ?)',
          path,
          size,
          modified,
          Number(hasSidecar),
        ),
      ),
    queued: (after, limit) =>
      database
        .all<FileVersion & { place: number; sidecar: number }>(
          'select place, path, size, modified, sidecar from queue where place > ? order by place limit ?',
          after,
          limit,
        )
        .map(({ sidecar, ...file }) => ({ ...file, hasSidecar: sidecar === 1 })),
    queueLength: () => database.get<{ count: number }>('select count(*) as count from queue')!.count,
    keepFailures: (paths) =>
      database.run(
        'delete from failures where path not in (select value from json_each(?))',
        JSON.stringify(paths),
      ),
    close: () => database.close(),
  };
}
