/** What a collection asks of the place that keeps its vectors. One file a store beside this one. */
import type { Item, ModelIdentity } from '../types.ts';
import type { Where } from '../where/index.ts';

/** An item with its vector, which has length 1. */
export interface StoredItem {
  readonly item: Item;
  readonly vector: Float32Array;
}

export interface Scored {
  readonly item: Item;
  /** The cosine, in double precision from the stored numbers. */
  readonly score: number;
}

export interface StoreSearch {
  /** How many, at most. */
  readonly top: number;
  readonly where?: Where;
}

/** Which items to list: those in one folder itself, or with one content, or all; by id, after `after`. */
export interface Listing {
  readonly folder?: string;
  readonly hash?: string;
  readonly where?: Where;
  readonly after?: string;
  readonly limit: number;
}

/**
 * Keeps items with their vectors, one for each id. Its promises resolve once what they say would survive the end of
 * the process, and later reads see it.
 */
export interface VectorStore {
  /** The model whose vectors these are; undefined before `setModel`. */
  model(): Promise<ModelIdentity | undefined>;
  /** Called once, before the first upsert. */
  setModel(model: ModelIdentity): Promise<void>;
  /** Puts items in, in place of those of the same ids: all of them or none. */
  upsert(items: readonly StoredItem[]): Promise<void>;
  /** Ids that are not there are ignored. */
  delete(ids: readonly string[]): Promise<void>;
  /** The items of some ids, in their order, without those that are not there. */
  get(ids: readonly string[]): Promise<Item[]>;
  /** The same with their vectors. */
  vectors(ids: readonly string[]): Promise<StoredItem[]>;
  /** The items nearest to a vector of length 1, best first, equal scores by id. */
  search(vector: Float32Array, options: StoreSearch): Promise<Scored[]>;
  count(where?: Where): Promise<number>;
  list(listing: Listing): Promise<Item[]>;
  /** Work that makes later searches faster, where there is any to do. */
  optimise(options: {
    signal?: AbortSignal;
    onProgress?: (done: number, total: number) => void;
  }): Promise<void>;
  close(): Promise<void>;
}
