/** The index beside the rows: which file it is, when it is too old, and how it is made again. */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import { throwIfAborted } from '../../../base/index.ts';
import type { SqlFile } from './database.ts';
import { type Nearest, openNearest, startNearest } from './nearest.ts';
import { type Blob, vectorOf } from './rows.ts';

export interface IndexLimits {
  /** Up to so many vectors all are compared: it takes some hundredths of a second, and nothing is missed. */
  readonly exactUpTo: number;
  /** The index is made anew once it lacks so many vectors, and this share of what it holds. */
  readonly staleFrom: number;
  readonly staleShare: number;
}

const LIMITS: IndexLimits = { exactUpTo: 20_000, staleFrom: 20_000, staleShare: 0.2 };

/** Vectors that are added at once: a hundredth of a second or so. */
const STEP = 100;

/** What the database knows of the index file. */
interface Stored {
  readonly file: string;
  readonly bytes: number;
  /** It holds the vectors with numbers up to this one. */
  readonly upto: number;
  readonly count: number;
}

interface Opened extends Stored {
  readonly nearest: Nearest;
}

export interface RenewOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export function createIndex(folder: string, database: SqlFile, given: Partial<IndexLimits>) {
  const limits = { ...LIMITS, ...given };
  let opened: Opened | undefined;

  const stored = (): Stored | undefined => {
    const row = database.get<{ value: string }>("select value from facts where key = 'index'");
    return row && (JSON.parse(row.value) as Stored);
  };
  const countUpTo = (number: number) =>
    database.get<{ count: number }>('select count(*) as count from items where number <= ?', number)!.count;

  /** The index another process may have renewed meanwhile; undefined where there is none that can be read. */
  async function open(dimensions: number): Promise<Opened | undefined> {
    const known = stored();
    if (known === undefined || opened?.file === known.file) return known && opened;
    const nearest = await openNearest(join(folder, known.file), known.bytes, dimensions);
    opened = nearest && { ...known, nearest };
    return opened;
  }

  function isStale(): boolean {
    const total = countUpTo(Number.MAX_SAFE_INTEGER);
    if (total <= limits.exactUpTo) return false;
    const known = stored();
    if (known === undefined) return true;
    const present = countUpTo(known.upto);
    const missing = total - present;
    const gone = known.count - present;
    return missing + gone > Math.max(limits.staleFrom, limits.staleShare * known.count);
  }

  /** Makes the index anew where it is too old. Old files are removed; who has one open keeps it. */
  async function renew(dimensions: number, { signal, onProgress }: RenewOptions): Promise<void> {
    if (!isStale()) return;
    const builder = await startNearest(dimensions);
    if (builder === undefined) return;
    const total = countUpTo(Number.MAX_SAFE_INTEGER);
    let [upto, count] = [0, 0];
    for (;;) {
      throwIfAborted('run', signal, folder);
      const rows = database.all<{ number: number; vector: Blob }>(
        'select number, vector from vectors where number > ? order by number limit ?',
        upto,
        STEP,
      );
      if (rows.length === 0) break;
      const vectors = new Float32Array(rows.length * dimensions);
      rows.forEach(({ vector }, i) => {
        vectors.set(vectorOf(vector), i * dimensions);
      });
      builder.add(
        rows.map(({ number }) => number),
        vectors,
      );
      upto = rows.at(-1)!.number;
      count += rows.length;
      onProgress?.(count, total);
      await breath();
    }
    const file = `vectors-${randomUUID()}.usearch`;
    await builder.save(join(folder, file));
    const { size } = await stat(join(folder, file));
    const known: Stored = { file, bytes: size, upto, count };
    database.run('insert or replace into facts values (?, ?)', 'index', JSON.stringify(known));
    await removeOthers(file);
  }

  async function removeOthers(kept: string): Promise<void> {
    for (const name of await readdir(folder))
      if (/^vectors-.*\.usearch(\.tmp)?$/.test(name) && name !== kept)
        await rm(join(folder, name), { force: true });
  }

  return { limits, open, renew };
}
