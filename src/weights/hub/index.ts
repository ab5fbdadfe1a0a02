/** Hugging Face and ModelScope: repositories of files, downloaded, verified and kept in the hubs' own caches (Node). */
export {
  type DownloadOptions,
  downloadRepository,
  findRepository,
  hubIsOffline,
  hubTitle,
  listRepository,
} from './download.ts';
export type { Select } from './hub.ts';
export { isRepositoryId } from './names.ts';
export {
  HUB_NAMES,
  type HubName,
  type HubOptions,
  type Listing,
  type RemoteFile,
  type Repository,
  type Snapshot,
} from './types.ts';
