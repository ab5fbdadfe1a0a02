/** How an LMDB 0.9 file of a 64-bit little-endian machine is laid out: sizes and offsets in bytes. */

export const MAGIC = 0xbeefc0de;
export const VERSION = 1;
/** The page number that stands for none. */
export const NO_PAGE = 0xffff_ffff_ffff_ffffn;

export const PAGE_HEADER = 16;
export const NODE_HEADER = 8;

/** Kinds of pages. */
export const BRANCH = 0x01;
export const LEAF = 0x02;
export const OVERFLOW = 0x04;
export const META = 0x08;
/** These, and the kinds for several values of one key; other flags are of a transaction under way. */
export const KINDS = 0x6f;

/** The value of a node stands on overflow pages; the node has the number of the first. */
export const BIG_VALUE = 0x01;

/** Offsets in a page's header. */
export const PAGE = { number: 0, flags: 10, lower: 12, upper: 14, overflowCount: 12 } as const;

/** Offsets in a page of metadata. */
export const META_PAGE = {
  magic: 16,
  version: 20,
  mapSize: 32,
  /** The database of free pages; its padding field is the page size. */
  free: 40,
  main: 88,
  lastPage: 136,
  transaction: 144,
  end: 152,
} as const;

/** Offsets in a database's record. */
export const DATABASE = {
  padding: 0,
  flags: 4,
  depth: 6,
  branches: 8,
  leaves: 16,
  overflows: 24,
  entries: 32,
  root: 40,
} as const;

/** Of LMDB itself: what a key may have at most, and a tree. */
export const MAX_KEY = 511;
export const MAX_DEPTH = 32;
