/**
 * Hugging Face: the listing of a repository with sizes and hashes, the address of a file at a commit.
 * Source: the hub's API (`/api/models/{id}/revision/{revision}?blobs=true`, `/{id}/resolve/{commit}/{file}`).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import { persistently } from './attempts.ts';
import { failureOf, type HubClient } from './client.ts';
import { expandHome, userCache } from './folders.ts';
import type { Hub } from './hub.ts';
import { findSnapshot, shelfOf } from './huggingface-cache.ts';
import { checkedAnswer, checkedFile, checkedName, MAX_FILES } from './listing.ts';
import type { RemoteFile, Repository } from './types.ts';

const ENDPOINT = 'https://huggingface.co';
const MAIN = 'main';

const Sibling = z.object({
  rfilename: z.string(),
  size: z.number().nullish(),
  blobId: z.string().nullish(),
  lfs: z.object({ sha256: z.string(), size: z.number() }).nullish(),
});
const Answer = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(Sibling).max(MAX_FILES),
});

export const huggingface: Hub = {
  name: 'huggingface',
  title: 'Hugging Face',
  defaultRevision: MAIN,
  endpoint: ({ HF_ENDPOINT }) => (HF_ENDPOINT || ENDPOINT).replace(/\/+$/, ''),
  offline: ({ HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE }) => isTrue(HF_HUB_OFFLINE || TRANSFORMERS_OFFLINE),
  cacheFolder: (environment) =>
    expandHome(
      environment.HF_HUB_CACHE || environment.HUGGINGFACE_HUB_CACHE || join(hfHome(environment), 'hub'),
    ),
  cacheNamed: ({ HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE }) =>
    Boolean(HF_HOME || HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE),
  async credentials(environment) {
    const token = await tokenOf(environment);
    return token ? { authorization: `Bearer ${token}` } : {};
  },
  async list(client, repository, select) {
    const revision = repository.revision ?? MAIN;
    const path = `/api/models/${repository.id}/revision/${encodeURIComponent(revision)}`;
    const address = `${client.endpoint}${path}?blobs=true`;
    const { sha, siblings } = checkedAnswer(Answer, await client.json(address), address);
    const byName = new Map(siblings.map((each) => [checkedName(each.rfilename, address), each]));
    const files: RemoteFile[] = [];
    for (const name of select([...byName.keys()])) {
      const { size, blobId, lfs } = byName.get(name)!;
      const told = checkedFile(name, lfs?.size ?? size, lfs?.sha256 ?? blobId);
      files.push(told ?? (await askForFile(client, repository, sha, name)));
    }
    return { commit: sha, revision, files };
  },
  address: (client, repository, { commit }, { name }) => fileAddress(client, repository, commit, name),
  find: findSnapshot,
  shelf: shelfOf,
};

function fileAddress({ endpoint }: HubClient, { id }: Repository, commit: string, name: string): string {
  return `${endpoint}/${id}/resolve/${commit}/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** Size and hash of one file by its headers, for mirrors whose listing has none. */
function askForFile(
  client: HubClient,
  repository: Repository,
  commit: string,
  name: string,
): Promise<RemoteFile> {
  const address = fileAddress(client, repository, commit, name);
  return persistently(async () => {
    const answer = await client.open(address, { method: 'HEAD', stay: true });
    if (answer.status >= 400) throw failureOf(answer);
    answer.body.destroy();
    const { headers } = answer;
    const etag = (headers['x-linked-etag'] ?? headers.etag)?.replace(/^W\//, '').replaceAll('"', '');
    const bytes = Number(headers['x-linked-size'] ?? headers['content-length']);
    const file = checkedFile(name, bytes, etag);
    if (file) return file;
    throw new TuwenError('TUWEN_HUB_ANSWER_INVALID', { address, reason: `size ${bytes}, hash ${etag}` });
  }, client.patience);
}

function hfHome({ HF_HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  return expandHome(HF_HOME || join(XDG_CACHE_HOME || userCache(), 'huggingface'));
}

/** HF_TOKEN, or what `hf auth login` has stored. */
async function tokenOf(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN } = environment;
  if (isTrue(HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const named = HF_TOKEN || HUGGING_FACE_HUB_TOKEN;
  if (named) return named.trim();
  const path = expandHome(HF_TOKEN_PATH || join(hfHome(environment), 'token'));
  const stored = await readFile(path, 'utf8').catch(() => '');
  return stored.trim() || undefined;
}

/** What huggingface_hub takes for yes. */
function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}
