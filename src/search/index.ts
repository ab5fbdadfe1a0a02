/** Collections of pictures: kept in step with folders, searched by words, by pictures and by what is known of them. */
export { type OpenCollectionOptions, openCollection } from './open.ts';
export { type KnownCollection, listCollections } from './places.ts';
export { parseQuery } from './query.ts';
export { memoryStore } from './stores/memory.ts';
export type { Listing, Scored, StoredItem, StoreSearch, VectorStore } from './stores/store.ts';
export type {
  Collection,
  CollectionInfo,
  DuplicateGroup,
  DuplicateOptions,
  Failure,
  FieldValue,
  Hit,
  Item,
  ModelIdentity,
  Query,
  QueryPart,
  SearchOptions,
  SearchResults,
  SyncOptions,
  SyncReport,
  WatchOptions,
} from './types.ts';
export { matches, parseWhere, type Where } from './where/index.ts';
