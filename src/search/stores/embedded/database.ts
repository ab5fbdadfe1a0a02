import Database from 'libsql';
import { TuwenError } from '../../../base/index.ts';

/** A database in a file: transactions that a killed process does not tear, readers beside one writer. */
export interface SqlFile {
  all<T>(sql: string, ...values: unknown[]): T[];
  get<T>(sql: string, ...values: unknown[]): T | undefined;
  run(sql: string, ...values: unknown[]): void;
  /** All of the writes of `work`, or none. */
  transaction<T>(work: () => T): T;
  /** The same as long as nobody has written, in this process or another. */
  version(): string;
  close(): void;
}

/** How long a write waits for one of another process, in milliseconds. */
const PATIENCE = 10_000;

/** Opens or makes a database; `schema` says what it must have. Throws TUWEN_FILE_UNREADABLE, TUWEN_FILE_UNWRITABLE. */
export function openSqlFile(path: string, schema: string): SqlFile {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw sqlError(path, cause);
    }
  };
  const database = guarded(() => {
    const opened = new Database(path);
    opened.exec(`pragma busy_timeout = ${PATIENCE}; pragma journal_mode = wal; pragma synchronous = full;`);
    opened.exec(schema);
    return opened;
  });
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  let writes = 0;
  return {
    all: <T>(sql: string, ...values: unknown[]) => guarded(() => prepared(sql).all(...values) as T[]),
    get: <T>(sql: string, ...values: unknown[]) =>
      guarded(() => prepared(sql).get(...values) as T | undefined),
    run: (sql, ...values) =>
      guarded(() => {
        writes += 1;
        prepared(sql).run(...values);
      }),
    transaction: (work) =>
      guarded(() => {
        writes += 1;
        database.exec('begin immediate');
        try {
          const result = work();
          database.exec('commit');
          return result;
        } catch (error) {
          // A full disk has rolled back already.
          if (database.inTransaction) database.exec('rollback');
          throw error;
        }
      }),
    version: () => {
      const row = guarded(() => prepared('pragma data_version').get()) as { data_version: number };
      return `${row.data_version} ${writes}`;
    },
    close: () => {
      statements.clear();
      database.close();
    },
  };
}

function sqlError(path: string, cause: unknown): unknown {
  if (cause instanceof TuwenError) return cause;
  const { code = '', message } = cause as { code?: string; message: string };
  const reason = `${message}${code === '' ? '' : ` (${code})`}`;
  if (/CORRUPT|NOTADB/.test(code) || /malformed|not a database/.test(message))
    return new TuwenError('TUWEN_FILE_UNREADABLE', { path, reason }, { cause });
  if (/^SQLITE_/.test(code) || /disk|readonly|unable to open|locked|I\/O/i.test(message))
    return new TuwenError('TUWEN_FILE_UNWRITABLE', { path, reason }, { cause });
  return cause;
}
