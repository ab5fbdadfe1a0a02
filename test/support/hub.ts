/**
 * A server that speaks the protocols of Hugging Face and ModelScope as their clients use them, and misbehaves on demand.
 * Large files are sent from a content store with another origin, as both hubs do.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Files = Readonly<Record<string, Uint8Array>>;

/** A request as it came. */
export interface Received {
  readonly method: string;
  /** Path and query, decoded. */
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** Whether it came to the content store. */
  readonly store: boolean;
}

/** Answers a request in place of the server, or leaves it (false). */
export type Fault = (request: Received, response: ServerResponse, file: Uint8Array) => boolean;

export interface HubServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly requests: Received[];
  /** What went to the content store: the bytes of large files. */
  readonly downloads: Received[];
  /** Asked before every answer; undefined behaves again. */
  fault: Fault | undefined;
  /** The repositories, by id: revisions, by name: files. */
  readonly repositories: Map<string, Map<string, Files>>;
  close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
export const gitSha1 = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');

/** Files that hubs keep in their content store. */
const isLarge = (name: string) => /\.(safetensors|bin|pt)$/.test(name);

/** The commit of a revision: made of its files, as git does. */
export function commitOf(files: Files): string {
  const all = Object.entries(files).map(([name, bytes]) => `${name} ${gitSha1(bytes)}`);
  return createHash('sha1').update(all.join('\n')).digest('hex');
}

/** Starts a hub with one repository at `main` and `master`. */
export async function startHub(id: string, files: Files): Promise<HubServer> {
  const repositories = new Map([
    [
      id,
      new Map([
        ['main', files],
        ['master', files],
      ]),
    ],
  ]);
  const requests: Received[] = [];
  const hub: HubServer = {
    url: '',
    requests,
    get downloads() {
      return requests.filter(({ store, method }) => store && method === 'GET');
    },
    fault: undefined,
    repositories,
    async close() {
      for (const server of [front, store]) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
  const store = createServer((request, response) => {
    const name = decodeURIComponent(request.url!.slice(1));
    const [sha] = name.split('/');
    const bytes = contents(repositories).find((each) => sha256(each) === sha);
    if (bytes === undefined) plain(response, 404, 'no such object');
    else if (!handled(hub, request, response, true, bytes)) sendBytes(request, response, bytes);
  });
  const front = createServer((request, response) => {
    if (handled(hub, request, response, false, new Uint8Array())) return;
    answer(request, response, repositories, `http://127.0.0.1:${portOf(store)}`);
  });
  for (const server of [store, front]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  Object.assign(hub, { url: `http://127.0.0.1:${portOf(front)}` });
  return hub;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function contents(repositories: HubServer['repositories']): Uint8Array[] {
  return [...repositories.values()].flatMap((revisions) => [...revisions.values()].flatMap(Object.values));
}

function handled(
  hub: HubServer,
  request: IncomingMessage,
  response: ServerResponse,
  store: boolean,
  file: Uint8Array,
): boolean {
  const { method = 'GET', url = '/', headers } = request;
  const { range, authorization, cookie } = headers;
  const received = { method, path: decodeURIComponent(url), range, authorization, cookie, store };
  hub.requests.push(received);
  response.on('error', () => {});
  return hub.fault?.(received, response, file) ?? false;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  repositories: HubServer['repositories'],
  store: string,
): ServerResponse {
  const url = new URL(request.url!, 'http://hub');
  const path = decodeURIComponent(url.pathname);
  const modelscope = /^\/api\/v1\/models\/([^/]+\/[^/]+)(.*)$/.exec(path);
  if (modelscope) {
    const revision = url.searchParams.get('Revision') ?? 'master';
    const files = repositories.get(modelscope[1]!)?.get(revision);
    if (!files) return json(response, 404, { Code: 10010205001, Message: 'not found', Success: false });
    if (modelscope[2] === '/repo/files')
      return json(response, 200, { Code: 200, Success: true, Data: { Files: entriesOf(files) } });
    if (modelscope[2] === '/repo')
      return sendFile(request, response, files, url.searchParams.get('FilePath')!, store);
    const revisions = [...repositories.get(modelscope[1]!)!.keys()].map((each) => ({ Revision: each }));
    const Data = modelscope[2] === '/revisions' ? { RevisionMap: { Tags: [], Branches: revisions } } : {};
    return json(response, 200, { Code: 200, Success: true, Data });
  }
  const [, api, tree] = /^\/api\/models\/([^/]+\/[^/]+)(?:\/(?:revision|tree)\/(.+))?$/.exec(path) ?? [];
  if (api) {
    const files = filesAt(repositories, api, tree ?? 'main');
    if (!files) return refuse(response, 404, repositories.has(api) ? 'RevisionNotFound' : 'RepoNotFound');
    if (path.includes('/tree/')) return json(response, 200, treeOf(files));
    return json(response, 200, { id: api, sha: commitOf(files), siblings: siblingsOf(files) });
  }
  const [, id, revision, name] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const files = id && filesAt(repositories, id, revision!);
  if (!files) return refuse(response, 404, 'RepoNotFound');
  response.setHeader('x-repo-commit', commitOf(files));
  return sendFile(request, response, files, name!, store);
}

function filesAt(repositories: HubServer['repositories'], id: string, revision: string): Files | undefined {
  const revisions = repositories.get(id);
  return (
    revisions?.get(revision) ?? [...(revisions?.values() ?? [])].find((files) => commitOf(files) === revision)
  );
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  files: Files,
  name: string,
  store: string,
): ServerResponse {
  const bytes = files[name];
  if (!bytes) return refuse(response, 404, 'EntryNotFound');
  if (isLarge(name)) {
    response.setHeader('x-linked-etag', `"${sha256(bytes)}"`);
    response.setHeader('x-linked-size', bytes.byteLength);
    return response.writeHead(302, { location: `${store}/${sha256(bytes)}/${name}` }).end();
  }
  response.setHeader('etag', `"${gitSha1(bytes)}"`);
  return sendBytes(request, response, bytes);
}

/** Sends bytes, or the range of them that was asked for. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
): ServerResponse {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  response.setHeader('accept-ranges', 'bytes');
  if (!range) {
    response.writeHead(200, { 'content-length': bytes.byteLength });
    return response.end(request.method === 'HEAD' ? undefined : bytes);
  }
  const start = Number(range[1]);
  const end = Math.min(range[2] ? Number(range[2]) : Number.POSITIVE_INFINITY, bytes.byteLength - 1);
  if (start > end) {
    return response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end();
  }
  const length = end - start + 1;
  response.writeHead(206, {
    'content-length': length,
    'content-range': `bytes ${start}-${end}/${bytes.byteLength}`,
  });
  return response.end(bytes.subarray(start, end + 1));
}

function siblingsOf(files: Files) {
  return Object.entries(files).map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.byteLength,
    blobId: gitSha1(bytes),
    ...(isLarge(rfilename)
      ? { lfs: { sha256: sha256(bytes), size: bytes.byteLength, pointerSize: 134 } }
      : {}),
  }));
}

function treeOf(files: Files) {
  return Object.entries(files).map(([path, bytes]) => ({
    type: 'file',
    path,
    size: bytes.byteLength,
    oid: gitSha1(bytes),
    ...(isLarge(path) ? { lfs: { oid: sha256(bytes), size: bytes.byteLength, pointerSize: 134 } } : {}),
  }));
}

function entriesOf(files: Files) {
  return Object.entries(files).map(([Path, bytes]) => ({
    Path,
    Name: Path.split('/').at(-1),
    Type: 'blob',
    Size: bytes.byteLength,
    Sha256: sha256(bytes),
  }));
}

function refuse(response: ServerResponse, status: number, code: string): ServerResponse {
  response.setHeader('x-error-code', code);
  return plain(response, status, code);
}

function plain(response: ServerResponse, status: number, text: string): ServerResponse {
  return response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}

export function json(response: ServerResponse, status: number, value: unknown): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
