/** Taking in what is new or changed: decode, embed, store, batch by batch. */
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type OnProgress, progressMeter, throwIfAborted } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import { idOf } from '../identity.ts';
import type { Notes, Waiting } from '../notes.ts';
import type { StoredItem, VectorStore } from '../stores/store.ts';
import type { Decoders } from './decoders.ts';
import { prepared, type Ready } from './prepare.ts';
import { fieldsOf, type SurveyOptions } from './survey.ts';

export interface Taken {
  added: number;
  updated: number;
  unchanged: number;
}

export interface TakeInOptions {
  readonly batchSize: number;
  readonly decoders: Decoders;
  readonly decoderCount: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onFailure: SurveyOptions['onFailure'];
}

/** How many rows of the queue are read at once. */
const PAGE = 256;

/**
 * Takes in what is queued. Each batch is stored whole before the next one is: a process that ends between leaves
 * finished batches, and files that the next survey finds again.
 */
export async function takeIn(
  collection: { readonly store: VectorStore; readonly notes: Notes; readonly clip: Clip },
  options: TakeInOptions,
): Promise<Taken> {
  const { store, notes } = collection;
  const { batchSize, decoders, decoderCount, signal, onProgress } = options;
  const meter = progressMeter('image', notes.queueLength(), onProgress);
  const taken: Taken = { added: 0, updated: 0, unchanged: 0 };
  const moved = new Set<string>();
  let batch: Ready[] = [];
  const flush = async () => {
    await storeBatch(collection, batch, taken, moved, options);
    meter.advance(batch.length);
    batch = [];
    throwIfAborted('run', signal);
  };
  for await (const ready of prepared(queued(notes), decoderCount + 2 * batchSize, decoders, store)) {
    batch.push(ready);
    if (batch.length === batchSize || signal?.aborted) await flush();
  }
  if (batch.length > 0) await flush();
  return taken;
}

function* queued(notes: Notes): Generator<Waiting, void, undefined> {
  for (let after = 0; ; ) {
    const page = notes.queued(after, PAGE);
    if (page.length === 0) return;
    after = page.at(-1)!.place;
    yield* page;
  }
}

async function storeBatch(
  { store, notes, clip }: { store: VectorStore; notes: Notes; clip: Clip },
  batch: readonly Ready[],
  taken: Taken,
  moved: Set<string>,
  { onFailure, signal }: TakeInOptions,
): Promise<void> {
  const squares = batch.flatMap((ready) => ('picture' in ready ? [ready.picture.square] : []));
  const images = squares.map(({ data, size }) => ({ data, width: size, height: size, channels: 3 as const }));
  const vectors =
    images.length > 0
      ? await clip.embedImages(images, { batchSize: images.length, ...(signal && { signal }) })
      : undefined;
  const before = new Set((await store.get(batch.map(({ file }) => idOf(file.path)))).map(({ id }) => id));
  const [items, gone]: [StoredItem[], string[]] = [[], []];
  let next = 0;
  for (const ready of batch) {
    const id = idOf(ready.file.path);
    if ('error' in ready) {
      onFailure(ready.file.path, ready.error.code, ready.error);
      // A file that could not be read at all is tried again, and what is known of it stays.
      if (!ready.error.code.startsWith('TUWEN_IMAGE_')) continue;
      notes.setFailure(ready.file, ready.error.code);
      if (before.has(id)) gone.push(id);
      continue;
    }
    const fields = await fieldsOf(ready.file, onFailure);
    const seen = 'picture' in ready ? ready.picture : ready.known.item;
    const vector = 'picture' in ready ? vectors!.at(next++) : ready.known.vector;
    items.push({ item: itemFor(ready.file, id, ready.hash, seen, fields), vector });
    if ('known' in ready && ready.known.item.id === id) taken.unchanged += 1;
    else if (before.has(id)) taken.updated += 1;
    else if ('known' in ready && (await wasMoved(ready.known.item, notes, moved))) {
      gone.push(ready.known.item.id);
      taken.updated += 1;
    } else taken.added += 1;
  }
  if (items.length > 0) await store.upsert(items);
  if (gone.length > 0) await store.delete(gone);
}

function itemFor(
  { path, size, modified }: Waiting,
  id: string,
  hash: string,
  { width, height, taken }: { width: number; height: number; taken?: string },
  fields: StoredItem['item']['fields'],
): StoredItem['item'] {
  const known = { ...(taken !== undefined && { taken }), hash, ...(fields && { fields }) };
  return { id, path, folder: dirname(path), size, modified, width, height, ...known };
}

/** Whether the file of an item is gone, so that one of the same content is taken to be it under its new name. */
async function wasMoved(item: StoredItem['item'], notes: Notes, moved: Set<string>): Promise<boolean> {
  if (moved.has(item.id) || notes.unseen([item.id]).length === 0) return false;
  const isThere = await lstat(item.path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
  if (!isThere) moved.add(item.id);
  return !isThere;
}
