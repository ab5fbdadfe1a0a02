/**
 * ModelScope: the listing of a repository with sizes and SHA-256, the address of a file at a revision.
 * Source: the hub's API (`/api/v1/models/{id}/repo/files`, `/api/v1/models/{id}/repo?FilePath=`), as its SDK uses it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import { expandHome, userCache } from './folders.ts';
import type { Hub } from './hub.ts';
import { checkedAnswer, checkedFile, checkedName, MAX_FILES } from './listing.ts';
import { findSnapshot, revisionOf, shelfOf } from './modelscope-cache.ts';
import type { Repository } from './types.ts';

const ENDPOINT = 'https://modelscope.cn';

const Entry = z.object({
  Path: z.string(),
  Type: z.string().nullish(),
  Size: z.number().nullish(),
  Sha256: z.string().nullish(),
});
const Answer = z.object({
  Data: z.object({ Files: z.array(Entry).max(MAX_FILES) }),
});

export const modelscope: Hub = {
  name: 'modelscope',
  title: 'ModelScope',
  defaultRevision: 'master',
  endpoint({ MODELSCOPE_ENDPOINT, MODELSCOPE_DOMAIN }) {
    const named = (MODELSCOPE_ENDPOINT || MODELSCOPE_DOMAIN || ENDPOINT).trim().replace(/\/+$/, '');
    return /^https?:\/\//i.test(named) ? named : `https://${named}`;
  },
  offline: () => false,
  cacheFolder: ({ MODELSCOPE_CACHE }) => expandHome(MODELSCOPE_CACHE || join(userCache(), 'modelscope')),
  cacheNamed: ({ MODELSCOPE_CACHE }) => Boolean(MODELSCOPE_CACHE),
  async credentials({ MODELSCOPE_API_TOKEN }) {
    const token = MODELSCOPE_API_TOKEN?.trim();
    // Older parts of the API want the cookie, newer ones the header, as in ModelScope's SDK.
    return token ? { authorization: `Bearer ${token}`, cookie: `m_session_id=${token}` } : {};
  },
  async list(client, repository, select) {
    const revision = revisionOf(repository);
    const query = new URLSearchParams({ Revision: revision, Recursive: 'True' });
    const address = `${repositoryAddress(client.endpoint, repository)}/files?${query}`;
    const { Files } = checkedAnswer(Answer, await client.json(address), address).Data;
    const blobs = Files.filter(({ Type }) => Type !== 'tree');
    const byName = new Map(blobs.map((each) => [checkedName(each.Path, address), each]));
    const files = select([...byName.keys()]).map((name) => {
      const { Size, Sha256 } = byName.get(name)!;
      const file = checkedFile(name, Size, Sha256);
      if (file) return file;
      const reason = `${name}: size ${Size}, hash ${Sha256}`;
      throw new TuwenError('TUWEN_HUB_ANSWER_INVALID', { address, reason });
    });
    return { commit: revision, revision, files };
  },
  address(client, repository, { revision }, { name }) {
    const query = new URLSearchParams({ Revision: revision, FilePath: name });
    return `${repositoryAddress(client.endpoint, repository)}?${query}`;
  },
  find: findSnapshot,
  shelf: shelfOf,
};

function repositoryAddress(endpoint: string, { id }: Repository): string {
  return `${endpoint}/api/v1/models/${id}/repo`;
}
