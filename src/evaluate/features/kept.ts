/** Features that are computed once, kept beside a report, and taken up again by later runs. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type TuwenError, throwIfAborted } from '../../base/index.ts';
import type { Id } from '../files/id.ts';
import { fileFault } from '../files/lines.ts';
import { openJournal, type RunIdentity } from './journal.ts';
import { writeJsonl } from './jsonl.ts';
import { type FeatureKind, type FeatureTable, featureTable, readFeatures } from './read.ts';
import { nameJson } from './record.ts';

/** A picture or text whose vector is wanted. */
export interface FeatureItem {
  readonly id: Id;
  /** Where a message looks for it. */
  readonly source: string;
}

/** An item with its vector, or with the reason why it has none. */
export type Embedded<T> = { readonly item: T } & (
  | { readonly vector: Float32Array }
  | { readonly error: TuwenError }
);

export interface FeatureJob<T extends FeatureItem> {
  /** The feature file. */
  readonly path: string;
  readonly kind: FeatureKind;
  /** What makes two runs give the same vectors: they are taken up only where this is equal. */
  readonly identity: RunIdentity;
  readonly items: () => AsyncIterable<T>;
  /** Computes the vectors of items, in their order. */
  readonly embed: (items: AsyncIterable<T>) => AsyncIterable<Embedded<T>>;
  /** Called for each item, with whether an earlier run had it. */
  readonly onItem?: (reused: boolean) => void;
  readonly onFailure?: (item: T, error: TuwenError) => void;
  readonly signal?: AbortSignal;
}

export interface KeptFeatures<T> {
  readonly table: FeatureTable;
  /** Items without a vector, in order. */
  readonly failed: readonly { readonly item: T; readonly error: TuwenError }[];
  readonly reused: number;
  readonly computed: number;
}

const identityPath = (path: string) => `${path}.run.json`;

/**
 * The features of all items, as an official feature file in the order of the items and as a table. A run that is stopped
 * leaves a journal with which the next one goes on; a finished file of the same identity is read again.
 *
 * @throws TUWEN_EVALUATION_FILE_INVALID for an id that occurs twice, TUWEN_CANCELLED, TUWEN_LOCKED,
 *   TUWEN_FILE_UNWRITABLE, TUWEN_FILE_UNREADABLE, and what `embed` throws
 */
export async function keptFeatures<T extends FeatureItem>(job: FeatureJob<T>): Promise<KeptFeatures<T>> {
  const { path, kind, identity, items, embed, onItem, onFailure, signal } = job;
  await mkdir(dirname(path), { recursive: true });
  const journal = await openJournal(`${path}.partial`);
  try {
    await journal.begin(identity);
    const finished = await finishedTable(path, kind, identity);
    const ids: Id[] = [];
    const seen = new Set<Id>();
    const failed: { item: T; error: TuwenError }[] = [];
    let computed = 0;
    const missing = async function* () {
      for await (const item of items()) {
        throwIfAborted('run', signal, item.source);
        if (seen.has(item.id)) throw fileFault(item.source, { fault: 'duplicate-id', got: item.id });
        seen.add(item.id);
        ids.push(item.id);
        if (finished?.places.has(item.id) || journal.take({ field: `${kind}_id`, name: item.id }))
          onItem?.(true);
        else yield item;
      }
    };
    for await (const outcome of embed(missing())) {
      const { item } = outcome;
      onItem?.(false);
      if ('error' in outcome) {
        failed.push({ item, error: outcome.error });
        onFailure?.(item, outcome.error);
        continue;
      }
      await journal.append({ field: `${kind}_id`, name: item.id, vector: outcome.vector });
      computed += 1;
    }
    throwIfAborted('run', signal);
    const lost = new Set(failed.map(({ item }) => item.id));
    const wanted = ids.filter((id) => !lost.has(id));
    const table = await gatheredTable(wanted, identity.dim, finished, journal);
    if (!isListOf(finished, wanted)) {
      await rm(identityPath(path), { force: true });
      await writeJsonl(path, { rows: () => rowsOf(table, kind) });
      await writeFile(identityPath(path), `${JSON.stringify(identity, null, 2)}\n`);
    }
    await journal.remove();
    return { table, failed, reused: wanted.length - computed, computed };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** Whether a finished table is of these ids, in this order. */
function isListOf(finished: FeatureTable | undefined, ids: readonly Id[]): boolean {
  return finished?.ids.length === ids.length && finished.ids.every((id, i) => id === ids[i]);
}

/** The table of a finished run of the same identity. */
async function finishedTable(
  path: string,
  kind: FeatureKind,
  identity: RunIdentity,
): Promise<FeatureTable | undefined> {
  const known = await readFile(identityPath(path), 'utf8').catch(() => undefined);
  if (known !== `${JSON.stringify(identity, null, 2)}\n`) return undefined;
  return readFeatures(path, kind).catch(() => undefined);
}

/** The vectors of ids in their order, from a finished table and from a journal. */
async function gatheredTable(
  ids: readonly Id[],
  dim: number,
  finished: FeatureTable | undefined,
  journal: Pick<Awaited<ReturnType<typeof openJournal>>, 'rows'>,
): Promise<FeatureTable> {
  const table = featureTable(ids, new Float32Array(ids.length * dim), dim);
  const { data } = table.rows;
  for (const [id, place] of finished?.places ?? []) {
    const own = table.places.get(id);
    if (own !== undefined) data.set(finished!.rows.data.subarray(place * dim, (place + 1) * dim), own * dim);
  }
  const byName = new Map(ids.map((id, place) => [nameJson(id), place]));
  for await (const { name, vector } of journal.rows()) {
    const place = byName.get(name);
    if (place !== undefined) data.set(vector, place * dim);
  }
  return table;
}

async function* rowsOf({ ids, rows }: FeatureTable, kind: FeatureKind) {
  const { data, dim } = rows;
  for (const [i, id] of ids.entries()) {
    const vector = data.subarray(i * dim, (i + 1) * dim);
    yield { field: `${kind}_id`, name: nameJson(id), vector } as const;
  }
}
