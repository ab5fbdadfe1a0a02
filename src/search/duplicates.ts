import { progressMeter, TuwenError, throwIfAborted } from '../base/index.ts';
import { alikeByComparing, alikeBySearching, type FindAlike } from './alike.ts';
import type { VectorStore } from './stores/store.ts';
import { cosine } from './stores/vectors.ts';
import type { DuplicateGroup, DuplicateOptions, Item } from './types.ts';
import { matches, parseWhere, type Where } from './where/index.ts';

const PAGE = 256;
/** Up to so many pictures all are compared with all at once, in 100 MB for vectors of 512 numbers. */
const COMPARED = 50_000;

/**
 * Groups of pictures that are alike, each picture in at most one group: with the same content, or, given `minScore`,
 * joined by steps of at least that cosine. The oldest picture leads its group.
 */
export async function* findDuplicates(
  store: VectorStore,
  options: DuplicateOptions,
): AsyncGenerator<DuplicateGroup, void, undefined> {
  const { minScore, signal, onProgress } = options;
  if (minScore !== undefined && !(minScore >= -1 && minScore <= 1))
    throw new TuwenError('TUWEN_BAD_ARGUMENT', {
      name: 'minScore',
      got: minScore,
      expected: 'a cosine, -1 to 1',
    });
  const where = options.where === undefined ? undefined : parseWhere(options.where);
  const count = await store.count(where);
  const find = minScore === undefined ? undefined : count > COMPARED ? alikeBySearching : alikeByComparing;
  const alike = await find?.(store, minScore!, where, signal);
  const meter = progressMeter('image', count, onProgress);
  const placed = new Set<string>();
  for await (const item of allItems(store, where)) {
    throwIfAborted('run', signal);
    meter.advance();
    if (placed.has(item.id)) continue;
    const ids = alike
      ? await connected(item.id, alike, placed, signal)
      : await withSameContent(store, item, where);
    if (ids.length < 2) continue;
    for (const id of ids) placed.add(id);
    yield scored(store, ids);
  }
}

async function* allItems(
  store: VectorStore,
  where: Where | undefined,
): AsyncGenerator<Item, void, undefined> {
  for (let after = ''; ; ) {
    const page = await store.list({ after, limit: PAGE, ...(where && { where }) });
    if (page.length === 0) return;
    after = page.at(-1)!.id;
    yield* page;
  }
}

async function withSameContent(
  store: VectorStore,
  { hash }: Item,
  where: Where | undefined,
): Promise<string[]> {
  const found: string[] = [];
  for (let after = ''; ; ) {
    const page = await store.list({ hash, after, limit: PAGE });
    found.push(...page.filter((item) => !where || matches(where, item)).map(({ id }) => id));
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id;
  }
}

/** All that is reached from an item by steps from one to another that is alike, without what is in a group already. */
async function connected(
  first: string,
  alike: FindAlike,
  placed: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const reached = new Set([first]);
  // Grows while it is walked.
  for (const id of reached) {
    throwIfAborted('run', signal);
    for (const other of await alike(id)) if (!placed.has(other)) reached.add(other);
  }
  return [...reached];
}

/** The oldest first, the others by how alike they are to it. */
async function scored(store: VectorStore, ids: readonly string[]): Promise<DuplicateGroup> {
  const stored = await store.vectors(ids);
  const oldest = stored.reduce((a, b) => (age(b.item) < age(a.item) ? b : a));
  return stored
    .map(({ item, vector }) => ({ ...item, score: cosine(vector, oldest.vector) }))
    .sort((a, b) => Number(b.id === oldest.item.id) - Number(a.id === oldest.item.id) || b.score - a.score);
}

/** By when it was taken, else by when the file changed last; the path decides between equals. */
function age({ taken, modified, path }: Item): string {
  return `${taken ?? modified.slice(0, 19)} ${path}`;
}
