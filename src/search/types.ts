/** What users of collections see. */
import type { OnProgress } from '../base/index.ts';
import type { ImageInput } from '../clip/index.ts';

/** A value of a picture's own fields. */
export type FieldValue = string | number | boolean;

/** A picture of a collection: its file, and what is known of it. */
export interface Item {
  /** 32 hexadecimal digits, told from the path: the same file has the same id in every run. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** The folder the file is in, absolute. */
  readonly folder: string;
  /** In bytes. */
  readonly size: number;
  /** When the file was changed last, ISO 8601 in UTC. */
  readonly modified: string;
  /** As the picture is seen, upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** When the picture was taken by its EXIF data, ISO 8601 by the camera's clock, without a zone. */
  readonly taken?: string;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly hash: string;
  /** What `<file>.json` beside the picture says: its own strings, numbers and booleans. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
}

/** An item with how well it fits a query. */
export interface Hit extends Item {
  /** The cosine of query and picture, −1 to 1. */
  readonly score: number;
}

/** A part of a query: words, a picture, or an item of the collection; `weight` is 1 unless told. */
export type QueryPart =
  | { readonly text: string; readonly weight?: number }
  | { readonly image: ImageInput; readonly weight?: number }
  | { readonly id: string; readonly weight?: number };

/**
 * What is looked for: the sum of all parts' unit vectors, times their weights, less those of `minus`. A string among
 * `plus` and `minus` is words. Words are taken as they are; `parseQuery` reads `狗 +雪地 -室内`.
 */
export interface Query {
  readonly text?: string;
  readonly image?: ImageInput;
  readonly id?: string;
  readonly plus?: readonly (string | QueryPart)[];
  readonly minus?: readonly (string | QueryPart)[];
}

export interface SearchOptions {
  /** The most results. Default: 20. */
  readonly top?: number;
  /** How many of the best to leave out, for the next page. Default: 0. */
  readonly offset?: number;
  /** Which items count, such as `folder = 旅行 and taken >= 2024-05`; `docs/search.md` has the grammar. */
  readonly where?: string;
  /** Leaves out results whose cosine is smaller. Default: none. */
  readonly minScore?: number;
  readonly signal?: AbortSignal;
}

export interface SearchResults {
  /** Best first; equal scores by id. An item the query names by its id is not among them. */
  readonly results: readonly Hit[];
  /** How many items `where` lets through. */
  readonly total: number;
}

export interface Failure {
  readonly path: string;
  /** The code of a TuwenError. */
  readonly code: string;
}

export interface SyncReport {
  readonly added: number;
  /** Changed files, and files that were moved. */
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Files that are in the folders and could not be taken in, this time or before and not changed since. */
  readonly failed: readonly Failure[];
}

export interface SyncOptions {
  readonly signal?: AbortSignal;
  /** Pictures looked at; the end is known once all folders are listed. */
  readonly onProgress?: OnProgress;
  /** Told of each file as it fails. */
  readonly onFailure?: (path: string, error: Error) => void;
  /** Pictures that go through the model at once. Default: 8. */
  readonly batchSize?: number;
  /** Threads that decode pictures. Default: one a processor, at most 8. */
  readonly decoders?: number;
  /** Tries files again that failed and have not changed since. */
  readonly retry?: boolean;
  /** Where another process works on the collection: wait for it instead of throwing TUWEN_LOCKED. */
  readonly wait?: boolean;
}

export interface WatchOptions extends SyncOptions {
  /** Told after each change that was taken in. */
  readonly onSync?: (report: SyncReport) => void;
}

export interface DuplicateOptions {
  /** Groups pictures whose cosine is at least this. Left out: files with the same content. */
  readonly minScore?: number;
  readonly where?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Pictures that are alike: the oldest first, each with its cosine to it. */
export type DuplicateGroup = readonly Hit[];

/** The model whose vectors a collection holds. */
export interface ModelIdentity {
  readonly name: string;
  readonly dim: number;
  /** Of the weights: `ClipInfo.fingerprint`. */
  readonly fingerprint: string;
  /** Where it was on the machine that made the collection. */
  readonly path?: string;
}

export interface CollectionInfo {
  readonly name: string;
  /** Absent before the first picture. */
  readonly model?: ModelIdentity;
  readonly count: number;
  /** What `sync` keeps it in step with. */
  readonly folders: readonly string[];
  /** `embedded`, or the address of a server. */
  readonly store: string;
}

/** Pictures that can be found by words, by pictures, and by what is known of them. */
export interface Collection extends AsyncDisposable {
  readonly name: string;
  info(): Promise<CollectionInfo>;
  /**
   * Brings the collection in step with folders, those given and those of earlier calls: new and changed pictures are
   * taken in, gone ones removed. What is done stays done when it is stopped, and the next call goes on.
   * Throws TUWEN_FILE_MISSING (nothing is removed then), TUWEN_LOCKED, TUWEN_COLLECTION_MODEL, TUWEN_CANCELLED.
   */
  sync(folders?: readonly string[], options?: SyncOptions): Promise<SyncReport>;
  /** `sync`, then follows changes of the folders until `signal` aborts. */
  watch(folders: readonly string[] | undefined, options: WatchOptions): Promise<void>;
  /** Removes a folder's pictures, and no longer keeps in step with it. Their number. */
  forget(folder: string): Promise<number>;
  /** Throws TUWEN_COLLECTION_MODEL, TUWEN_WHERE_INVALID, TUWEN_ITEM_UNKNOWN, TUWEN_BAD_ARGUMENT. */
  search(query: Query, options?: SearchOptions): Promise<SearchResults>;
  /** An item by its id, or undefined. */
  get(id: string): Promise<Item | undefined>;
  /** Groups of pictures that are alike, as they are found. */
  duplicates(options?: DuplicateOptions): AsyncIterable<DuplicateGroup>;
  close(): Promise<void>;
}
