import type { HubClient } from './client.ts';
import type { HubName, Listing, RemoteFile, Repository, Snapshot } from './types.ts';

/** Chooses from the names of all files in a repository. */
export type Select = (names: readonly string[]) => readonly string[];

/** One hub: its address and account, its protocol, its cache on disk. */
export interface Hub {
  readonly name: HubName;
  /** As people know it. */
  readonly title: string;
  readonly defaultRevision: string;
  /** Its address, unless a mirror is named. */
  endpoint(environment: NodeJS.ProcessEnv): string;
  /** Headers that tell who asks; empty for someone without an account. */
  credentials(environment: NodeJS.ProcessEnv): Promise<Readonly<Record<string, string>>>;
  /** Whether its own environment switches downloads off. */
  offline(environment: NodeJS.ProcessEnv): boolean;
  /** The folder of its cache. */
  cacheFolder(environment: NodeJS.ProcessEnv): string;
  /** Whether the environment names that folder. */
  cacheNamed(environment: NodeJS.ProcessEnv): boolean;
  /** What a repository holds, of the files that `select` takes. */
  list(client: HubClient, repository: Repository, select: Select): Promise<Listing>;
  /** Where a file is asked for. */
  address(client: HubClient, repository: Repository, listing: Listing, file: RemoteFile): string;
  /** What the cache in `root` has of a repository; undefined where it has nothing of that revision. */
  find(root: string, repository: Repository): Promise<Snapshot | undefined>;
  shelf(root: string, repository: Repository, listing: Listing): Shelf;
}

/** The places of a repository's files in a cache. */
export interface Shelf {
  /** The folder in which the files are found by their names. */
  readonly folder: string;
  /** Held by the one process that downloads the repository. */
  readonly lock: string;
  /** Where a file grows: beside its place, under a name that nobody takes for it. */
  partial(file: RemoteFile): string;
  /** Whether the file lies whole in its place. */
  has(file: RemoteFile, signal?: AbortSignal): Promise<boolean>;
  /** Puts files that have grown whole in their places, and the revision's name to them. */
  place(files: readonly RemoteFile[]): Promise<void>;
}
