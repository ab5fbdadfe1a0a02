import { progressMeter, TuwenError, throwIfAborted } from '../base/index.ts';
import type { StoredItem, VectorStore } from './stores/store.ts';
import { cosine } from './stores/vectors.ts';
import type { DuplicateGroup, DuplicateOptions, Item } from './types.ts';
import { matches, parseWhere, type Where } from './where/index.ts';

const PAGE = 256;
/** How many alike pictures are looked for around one, to begin with. */
const AROUND = 16;

/**
 * Groups of pictures that are alike, each picture in at most one group: with the same content, or, given `minScore`,
 * joined by steps of at least that cosine. The oldest picture leads its group.
 */
export async function* findDuplicates(
  store: VectorStore,
  { minScore, where: text, signal, onProgress }: DuplicateOptions,
): AsyncGenerator<DuplicateGroup, void, undefined> {
  if (minScore !== undefined && !(minScore >= -1 && minScore <= 1))
    throw new TuwenError('TUWEN_BAD_ARGUMENT', {
      name: 'minScore',
      got: minScore,
      expected: 'a cosine, -1 to 1',
    });
  const where = text === undefined ? undefined : parseWhere(text);
  const meter = progressMeter('image', await store.count(where), onProgress);
  const placed = new Set<string>();
  for await (const item of allItems(store, where)) {
    throwIfAborted('run', signal);
    meter.advance();
    if (placed.has(item.id)) continue;
    const group =
      minScore === undefined
        ? await withSameContent(store, item, where)
        : await connected(store, item, minScore, where, placed, signal);
    if (group.length < 2) continue;
    for (const { id } of group) placed.add(id);
    yield scored(store, group);
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
): Promise<Item[]> {
  const found: Item[] = [];
  for (let after = ''; ; ) {
    const page = await store.list({ hash, after, limit: PAGE });
    found.push(...page.filter((item) => !where || matches(where, item)));
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id;
  }
}

/** All that is reached from an item by steps of at least `minScore`, without what is in another group. */
async function connected(
  store: VectorStore,
  first: Item,
  minScore: number,
  where: Where | undefined,
  placed: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Item[]> {
  const reached = new Map([[first.id, first]]);
  // Grows while it is walked.
  for (const id of reached.keys()) {
    throwIfAborted('run', signal);
    const [stored] = await store.vectors([id]);
    if (stored === undefined) continue;
    for (const item of await around(store, stored, minScore, where))
      if (!placed.has(item.id) && !reached.has(item.id)) reached.set(item.id, item);
  }
  return [...reached.values()];
}

/** All items of at least `minScore` to one. */
async function around(
  store: VectorStore,
  { vector }: StoredItem,
  minScore: number,
  where: Where | undefined,
): Promise<Item[]> {
  for (let top = AROUND; ; top *= 4) {
    const found = await store.search(vector, { top, ...(where && { where }) });
    const alike = found.filter(({ score }) => score >= minScore);
    if (alike.length < found.length || found.length < top) return alike.map(({ item }) => item);
  }
}

/** The oldest first, the others by how alike they are to it. */
async function scored(store: VectorStore, group: readonly Item[]): Promise<DuplicateGroup> {
  const stored = await store.vectors(group.map(({ id }) => id));
  const oldest = stored.reduce((a, b) => (age(b.item) < age(a.item) ? b : a));
  return stored
    .map(({ item, vector }) => ({ ...item, score: cosine(vector, oldest.vector) }))
    .sort((a, b) => Number(b.id === oldest.item.id) - Number(a.id === oldest.item.id) || b.score - a.score);
}

/** By when it was taken, else by when the file changed last; the path decides between equals. */
function age({ taken, modified, path }: Item): string {
  return `${taken ?? modified.slice(0, 19)} ${path}`;
}
