import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TuwenError } from '../../../base/index.ts';
import type { ModelIdentity } from '../../types.ts';

import { bestOf } from '../best.ts';
import type { Scored, StoredItem, VectorStore } from '../store.ts';
import { cosine } from '../vectors.ts';
import { openSqlFile, type SqlFile } from './database.ts';
import { createIndex, type IndexLimits } from './index-file.ts';
import {
  type Blob,
  blobOf,
  FORMAT,
  INSERT,
  itemOf,
  type Row,
  SCHEMA,
  SELECTED,
  valuesOf,
  vectorOf,
} from './rows.ts';
import { ALWAYS, type Condition, toSql } from './where-sql.ts';

type RowWithVector = Row & { readonly vector: Blob };

/** Rows compared in single precision in the database, more than are asked for: rounding may change their order. */
const SLACK = 16;

const DATABASE = 'items.db';

const SAME_VECTOR = 'select number from items join vectors using (number) where id = ? and vector = ?';

/** Where the store in a folder keeps its rows: the file is there once the collection is. */
export const databaseIn = (folder: string): string => join(folder, DATABASE);

/**
 * A store in a folder: rows and vectors in SQLite, which is the truth; beside it, for large collections, an index of
 * the vectors that can be built again at any time. Small collections, and filters that leave little, are compared
 * with every vector. Throws TUWEN_FILE_UNREADABLE, TUWEN_FILE_UNWRITABLE, TUWEN_COLLECTION_FORMAT.
 */
export async function embeddedStore(folder: string, limits: Partial<IndexLimits> = {}): Promise<VectorStore> {
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new TuwenError('TUWEN_FILE_UNWRITABLE', { path: folder, reason: String(cause.code) }, { cause });
  });
  const database = openSqlFile(databaseIn(folder), SCHEMA);
  checkFormat(database, folder);
  const index = createIndex(folder, database, limits);

  const modelNow = (): ModelIdentity | undefined => {
    const text = factOf(database, 'model');
    return text === undefined ? undefined : (JSON.parse(text) as ModelIdentity);
  };
  const countOf = ({ sql, values }: Condition): number =>
    database.get<{ count: number }>(`select count(*) as count from items where ${sql}`, ...values)!.count;
  let all: { version: string; count: number } | undefined;
  /** Counting every row takes as long as reading an index of them all: of all of them it is remembered. */
  const count = (condition: Condition): number => {
    if (condition !== ALWAYS) return countOf(condition);
    const version = database.version();
    if (all?.version !== version) all = { version, count: countOf(ALWAYS) };
    return all.count;
  };

  /** Compares with every vector that passes, in the database. */
  const scan = (vector: Float32Array, top: number, { sql, values }: Condition): RowWithVector[] =>
    database.all<RowWithVector>(
      `select ${SELECTED}, vector from items join vectors using (number) where ${sql}
       order by vector_distance_cos(vector, ?), items.id limit ?`,
      ...values,
      blobOf(vector),
      top + SLACK,
    );
  const fetch = (numbers: readonly number[], { sql, values }: Condition): RowWithVector[] =>
    database.all<RowWithVector>(
      `select ${SELECTED}, vector from json_each(?) as wanted
       join items on items.number = wanted.value join vectors using (number) where ${sql}`,
      JSON.stringify(numbers),
      ...values,
    );

  /** Asks the index for more and more candidates until enough of them pass; undefined where it is of no use. */
  const fromIndex = async (vector: Float32Array, top: number, condition: Condition, passing: number) => {
    const open = await index.open(modelNow()!.dim);
    if (open === undefined) return undefined;
    const tail = scan(vector, top, and(condition, 'items.number > ?', open.upto));
    const share = Math.max(1, open.count / Math.max(1, passing));
    for (let wanted = Math.ceil((top * 3 + 64) * share); ; wanted *= 4) {
      const rows = fetch(open.nearest.search(vector, Math.min(wanted, open.count)), condition);
      if (rows.length >= Math.min(top * 2, passing - tail.length)) return [...rows, ...tail];
      if (wanted >= open.count || wanted > index.limits.exactUpTo) return undefined;
    }
  };

  return {
    model: async () => modelNow(),
    async setModel(model) {
      database.run('insert or replace into facts values (?, ?)', 'model', JSON.stringify(model));
    },
    async upsert(items) {
      database.transaction(() => {
        for (const { item, vector } of items) {
          const blob = blobOf(vector);
          // What is new about an item may not be its vector: then the index still holds.
          const same = database.get<{ number: number }>(SAME_VECTOR, item.id, blob)?.number;
          remove(database, item.id);
          const { number } = database.get<{ number: number }>(INSERT, same ?? null, ...valuesOf(item))!;
          database.run('insert into vectors values (?, ?)', number, blob);
        }
      });
    },
    async delete(ids) {
      database.transaction(() => {
        for (const id of ids) remove(database, id);
      });
    },
    async get(ids) {
      const rows = database.all<Row>(
        `select ${SELECTED} from json_each(?) as wanted join items on items.id = wanted.value order by wanted.key`,
        JSON.stringify(ids),
      );
      return rows.map(itemOf);
    },
    async vectors(ids) {
      const rows = database.all<RowWithVector>(
        `select ${SELECTED}, vector from json_each(?) as wanted
         join items on items.id = wanted.value join vectors using (number) order by wanted.key`,
        JSON.stringify(ids),
      );
      return rows.map((row): StoredItem => ({ item: itemOf(row), vector: vectorOf(row.vector) }));
    },
    async search(vector, { top, where }) {
      const condition = where ? toSql(where) : ALWAYS;
      const passing = count(condition);
      if (passing === 0 || top === 0) return [];
      const small = passing <= index.limits.exactUpTo;
      const rows = small ? undefined : await fromIndex(vector, top, condition, passing);
      return bestRows(rows ?? scan(vector, top, condition), vector, top);
    },
    count: async (where) => count(where ? toSql(where) : ALWAYS),
    async list({ folder: inFolder, hash, where, after = '', limit }) {
      const parts: Condition[] = [
        { sql: 'items.id > ?', values: [after] },
        ...(inFolder === undefined ? [] : [{ sql: 'folder = ?', values: [inFolder] }]),
        ...(hash === undefined ? [] : [{ sql: 'hash = ?', values: [hash] }]),
        ...(where === undefined ? [] : [toSql(where)]),
      ];
      const sql = parts.map((part) => part.sql).join(' and ');
      const values = parts.flatMap((part) => part.values);
      const query = `select ${SELECTED} from items where ${sql} order by items.id limit ?`;
      return database.all<Row>(query, ...values, limit).map(itemOf);
    },
    async optimise(options) {
      const model = modelNow();
      if (model !== undefined) await index.renew(model.dim, options);
    },
    async close() {
      database.close();
    },
  };
}

function checkFormat(database: SqlFile, folder: string): void {
  const version = Number(factOf(database, 'format') ?? 0);
  if (version === 0) database.run('insert or ignore into facts values (?, ?)', 'format', String(FORMAT));
  if (version > FORMAT) {
    database.close();
    throw new TuwenError('TUWEN_COLLECTION_FORMAT', { collection: folder, version, supported: FORMAT });
  }
}

export function factOf(database: SqlFile, key: string): string | undefined {
  return database.get<{ value: string }>('select value from facts where key = ?', key)?.value;
}

function remove(database: SqlFile, id: string): void {
  database.run('delete from vectors where number = (select number from items where id = ?)', id);
  database.run('delete from items where id = ?', id);
}

function and({ sql, values }: Condition, more: string, value: number): Condition {
  return { sql: `${sql} and ${more}`, values: [...values, value] };
}

/** The best rows by their exact cosines. */
function bestRows(rows: readonly RowWithVector[], vector: Float32Array, top: number): Scored[] {
  const best = bestOf<Row>(top);
  for (const row of rows) best.offer({ score: cosine(vectorOf(row.vector), vector), id: row.id, value: row });
  return best.ranked().map(({ score, value }) => ({ score, item: itemOf(value) }));
}
