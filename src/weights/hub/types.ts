/** What hubs have in common: repositories of files that are known by hash. */

export const HUB_NAMES = ['huggingface', 'modelscope'] as const;

export type HubName = (typeof HUB_NAMES)[number];

/** A repository at one of its revisions. */
export interface Repository {
  readonly hub: HubName;
  /** `organisation/name`. */
  readonly id: string;
  /** A branch, a tag or a commit. */
  readonly revision?: string | undefined;
  /** The revision where none is asked for; left out, the hub's main branch. */
  readonly usualRevision?: string | undefined;
}

export interface Hash {
  /** `git-sha1` is the object id of git: the SHA-1 of `blob`, the size and the content. */
  readonly algorithm: 'sha256' | 'git-sha1';
  readonly hex: string;
}

/** A file of a repository. */
export interface RemoteFile {
  /** Its path in the repository, held to be safe. */
  readonly name: string;
  readonly bytes: number;
  readonly hash: Hash;
}

/** What a repository holds at a revision. */
export interface Listing {
  /** What the files are asked for by: the commit where the hub tells it, else the revision. */
  readonly commit: string;
  /** The name it was asked for by. */
  readonly revision: string;
  readonly files: readonly RemoteFile[];
}

/** Where and how to ask. What is left out comes from the environment. */
export interface HubOptions {
  /** The hub's cache folder, instead of its own. */
  readonly cacheDir?: string | undefined;
  /** Asked instead of the hub's own address. */
  readonly mirror?: string | undefined;
  /** After how many milliseconds without an answer or a byte an attempt is given up. Default: 30 s. */
  readonly timeout?: number | undefined;
  /** The pause before a second attempt, in milliseconds; it doubles with every further one. Default: 1 s. */
  readonly pause?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The files of a repository on this machine. */
export interface Snapshot {
  readonly folder: string;
  readonly names: readonly string[];
}
