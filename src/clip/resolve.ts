/** From a model's name to its files: a path, the shipped model, a cache, a hub. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isTuwenError, TuwenError } from '../base/index.ts';
import {
  type DownloadOptions,
  downloadRepository,
  findRepository,
  HUB_NAMES,
  type HubName,
  hubIsOffline,
  isRepositoryId,
  type Listing,
  listRepository,
  type Repository,
} from '../weights/index.ts';
import { type DefaultModel, defaultModel } from './default-model.ts';
import { modelFiles, modelIn } from './model-files.ts';
import { isDownloadable, publishedRepositories, repositoriesOf } from './repositories.ts';

/** The model that is part of the package. */
export const SHIPPED_MODEL = 'mini';
/** Its folder. */
export const SHIPPED_PATH = fileURLToPath(new URL('../../models/mini/model', import.meta.url));

/** How a model that is named is found. */
export interface ResolveOptions extends Omit<DownloadOptions, 'hasOther'> {
  /** A branch, tag or commit of the hub's repository. Default: its main branch, or the revision it was published as. */
  readonly revision?: string | undefined;
  /** The one hub to ask. Default: those of TUWEN_HUB, a list in their order; else Hugging Face, then ModelScope. */
  readonly hub?: HubName | undefined;
  /** Download nothing. Default: what TUWEN_OFFLINE and HF_HUB_OFFLINE say. */
  readonly offline?: boolean | undefined;
}

/** Where a model lies, and what to call it. */
export interface ResolvedModel {
  readonly name: string;
  /** Of a folder, or of a file of weights. */
  readonly path: string;
  /** Where it came from, where that is a hub. */
  readonly repository?: Repository;
}

/** Reasons of one hub for which another one is asked. */
const ASK_ANOTHER = [
  'TUWEN_HUB_UNREACHABLE',
  'TUWEN_HUB_REFUSED',
  'TUWEN_HUB_ANSWER_INVALID',
  'TUWEN_REPOSITORY_MISSING',
  'TUWEN_REPOSITORY_UNSUPPORTED',
] as const;

/**
 * The place of a model by its name or path. An existing path wins; then comes the shipped model, then what caches have,
 * then the hubs, from which it is downloaded. Left out: the default model.
 * Throws TUWEN_MODEL_NOT_CHOSEN, TUWEN_MODEL_UNKNOWN, TUWEN_OFFLINE, TUWEN_MODEL_NOT_FETCHED, and what
 * `pullModel` throws.
 */
export async function resolveModel(model?: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const chosen = await chosenModel(model, options);
  return (
    localModel(chosen.model) ??
    (await findModel(chosen.model, chosen.options)) ??
    fetchModel(chosen.model, chosen.options)
  );
}

/**
 * Brings a model to this machine as the hub has it now, whatever caches hold; only files that differ are downloaded.
 * A path or the shipped model is as it is.
 * Throws TUWEN_HUB_UNREACHABLE, TUWEN_HUB_REFUSED, TUWEN_HUB_ANSWER_INVALID, TUWEN_REPOSITORY_MISSING,
 * TUWEN_REPOSITORY_UNSUPPORTED, TUWEN_DOWNLOAD_FAILED, TUWEN_DOWNLOAD_CORRUPT, TUWEN_DISK_FULL, TUWEN_BAD_ARGUMENT,
 * TUWEN_FILE_UNWRITABLE, TUWEN_CANCELLED, and as `resolveModel`.
 */
export async function pullModel(model?: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const chosen = await chosenModel(model, options);
  return localModel(chosen.model) ?? fetchModel(chosen.model, chosen.options);
}

/** What this machine has under a name, without asking a hub; undefined where it has nothing, or not all of it. */
export async function findModel(
  model: string,
  options: ResolveOptions = {},
): Promise<ResolvedModel | undefined> {
  const local = localModel(model);
  if (local) return local;
  for (const repository of repositoriesFor(model, options)) {
    for (const snapshot of await findRepository(repository, options)) {
      const path = await modelIn(snapshot);
      if (path) return { name: model, path, repository };
    }
  }
  return undefined;
}

/** What a hub says it would send for a name. Throws as `pullModel`. */
export async function askHubs(
  model: string,
  options: ResolveOptions = {},
): Promise<{ repository: Repository; listing: Listing }> {
  const online = repositoriesFor(model, options).filter(({ hub }) => !(options.offline ?? hubIsOffline(hub)));
  const first = online[0];
  if (first === undefined) throw new TuwenError('TUWEN_OFFLINE', { model });
  // A mirror speaks for one hub.
  const asked = options.mirror === undefined ? online : online.filter(({ hub }) => hub === first.hub);
  const errors: TuwenError[] = [];
  for (const [i, repository] of asked.entries()) {
    const select = (names: readonly string[]) => modelFiles(names, repository.id);
    try {
      const hasOther = i < asked.length - 1;
      return { repository, listing: await listRepository(repository, select, { ...options, hasOther }) };
    } catch (error) {
      if (!ASK_ANOTHER.some((code) => isTuwenError(error, code))) throw error;
      errors.push(error as TuwenError);
    }
  }
  if (errors.length === 1) throw errors[0];
  const reasons = errors.map(({ message }) => message);
  throw new TuwenError('TUWEN_MODEL_NOT_FETCHED', { model, reasons }, { cause: errors[0] });
}

async function fetchModel(model: string, options: ResolveOptions): Promise<ResolvedModel> {
  const { repository, listing } = await askHubs(model, options);
  const folder = await downloadRepository(repository, listing, options);
  const path = await modelIn({ folder, names: listing.files.map(({ name }) => name) });
  return { name: model, path: path ?? folder, repository };
}

/** The model named, or the default with where it comes from. */
async function chosenModel(
  model: string | undefined,
  options: ResolveOptions,
): Promise<{ model: string; options: ResolveOptions }> {
  if (model) return { model, options };
  const stored: DefaultModel | undefined = await defaultModel();
  if (stored === undefined) throw new TuwenError('TUWEN_MODEL_NOT_CHOSEN', {});
  const { revision = stored.revision, hub = stored.hub } = options;
  return { model: stored.model, options: { ...options, revision, hub } };
}

function localModel(model: string): ResolvedModel | undefined {
  if (existsSync(model)) return { name: model, path: model };
  if (model !== SHIPPED_MODEL) return undefined;
  return { name: SHIPPED_MODEL, path: SHIPPED_PATH };
}

/** The repositories that may hold a model of this name or id, best first. Throws TUWEN_MODEL_UNKNOWN, TUWEN_BAD_ARGUMENT. */
export function repositoriesFor(model: string, { hub, revision }: ResolveOptions = {}): Repository[] {
  const hubs = hub === undefined ? hubsInOrder() : [hubNamed('hub', hub)];
  const known = isDownloadable(model)
    ? publishedRepositories(model, hubs)
    : isRepositoryId(model)
      ? repositoriesOf(model, hubs)
      : undefined;
  if (known === undefined) throw new TuwenError('TUWEN_MODEL_UNKNOWN', { model });
  return known.map((repository) => ({ ...repository, revision }));
}

/** TUWEN_HUB: one hub, or several separated by commas, in the order in which they are asked. */
function hubsInOrder({ TUWEN_HUB }: NodeJS.ProcessEnv = process.env): readonly HubName[] {
  return TUWEN_HUB ? TUWEN_HUB.split(',').map((part) => hubNamed('TUWEN_HUB', part)) : HUB_NAMES;
}

function hubNamed(name: string, got: string): HubName {
  const hub = HUB_NAMES.find((known) => known === got.trim().toLowerCase());
  if (hub) return hub;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected: HUB_NAMES.join(' / ') });
}
