/** The collections a server shows, opened when they are first asked for. */
import { TuwenError } from '../../base/index.ts';
import type { Clip } from '../../clip/index.ts';
import { type Collection, listCollections, openCollection } from '../../search/index.ts';
import { createSyncing, type Syncing } from './syncing.ts';

export interface CollectionsOptions {
  /** Which are shown, the first where a request names none. Left out: all that this machine knows, first `default`. */
  readonly names?: readonly string[];
  /** `embedded` (default) or `milvus://host:port`. */
  readonly store?: string;
}

/** A collection, and what keeps it in step with its folders. */
export interface Shown {
  readonly collection: Collection;
  readonly syncing: Syncing;
}

export interface Collections {
  names(): Promise<readonly string[]>;
  /** The collection of a name; without one, the first. Throws TUWEN_COLLECTION_MISSING and what opening one throws. */
  open(name?: string): Promise<Shown>;
  /** Stops what is under way, and closes all. */
  close(): Promise<void>;
}

const DEFAULT = 'default';
const EMBEDDED = 'embedded';

/** Collections whose queries are computed by `clip`. */
export function createCollections(clip: Clip, options: CollectionsOptions): Collections {
  const { store = EMBEDDED } = options;
  const opened = new Map<string, Promise<Shown>>();

  async function names(): Promise<readonly string[]> {
    if (options.names !== undefined) return options.names;
    const known = (await listCollections()).filter((each) => each.store === store).map(({ name }) => name);
    return known.includes(DEFAULT) ? [DEFAULT, ...known.filter((name) => name !== DEFAULT)] : known;
  }

  async function shown(name: string): Promise<Shown> {
    const collection = await openCollection({ name, store, clip });
    return { collection, syncing: createSyncing(collection) };
  }

  return {
    names,
    async open(asked) {
      const list = await names();
      const name = asked ?? list[0] ?? DEFAULT;
      if (!list.includes(name)) throw new TuwenError('TUWEN_COLLECTION_MISSING', { collection: name, store });
      const opening = opened.get(name) ?? shown(name);
      opened.set(name, opening);
      // One that is not there yet may be there the next time.
      opening.catch(() => opened.delete(name));
      return opening;
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      for (const each of all) {
        if (each.status !== 'fulfilled') continue;
        await each.value.syncing.stop();
        await each.value.collection.close();
      }
    },
  };
}
