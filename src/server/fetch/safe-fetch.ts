/** Downloads from the public network only, with bounds, whatever the address says and wherever it leads. */
import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { cancelled, TuwenError, type UrlFault } from '../../base/index.ts';
import { isPublicAddress } from './addresses.ts';

/** An address of a host, as the resolver gives it. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

export interface SafeFetchOptions {
  /** The longest download, in bytes. */
  readonly maxBytes: number;
  /** How long a download may take, redirects and all, in milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** How an error names what is fetched. Default: the address. */
  readonly source?: string;
  /** All addresses of a host name. Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly HostAddress[]>;
  /** Whether an address may be connected to. Default: `isPublicAddress`. */
  readonly isAllowed?: (address: string) => boolean;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

type Settings = Required<Omit<SafeFetchOptions, 'signal'>>;

/**
 * The bytes at an http or https address. Every host on the way is resolved once, all its addresses must be allowed, and
 * the connection goes to one of those, so that no second answer of the name server can lead elsewhere.
 *
 * @throws TUWEN_URL_REFUSED, TUWEN_IMAGE_TOO_LARGE, TUWEN_IMAGE_NOT_FETCHED, TUWEN_CANCELLED
 */
export async function safeFetch(url: string, options: SafeFetchOptions): Promise<Uint8Array> {
  const { signal, source = short(url), timeout } = options;
  const settings: Settings = {
    resolve: (host) => systemLookup(host, { all: true }),
    isAllowed: isPublicAddress,
    ...options,
    source,
  };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  try {
    return await unlessAborted(follow(url, settings, both), both);
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    if (signal?.aborted) throw cancelled('reading', signal, source);
    const reason = late.signal.aborted ? `no picture within ${timeout / 1000} s` : (cause as Error).message;
    throw new TuwenError('TUWEN_IMAGE_NOT_FETCHED', { source, reason }, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function follow(first: string, settings: Settings, signal: AbortSignal): Promise<Uint8Array> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await connect(checked(url, settings.source), settings, signal);
    const { statusCode = 0, headers } = response;
    if (!REDIRECTS.includes(statusCode) || headers.location === undefined) return body(response, settings);
    response.destroy();
    url = URL.canParse(headers.location, url) ? new URL(headers.location, url).href : headers.location;
  }
  throw refused(settings.source, 'redirects');
}

function checked(text: string, source: string): URL {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) throw refused(source, 'protocol');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refused(source, 'credentials');
  return url;
}

/** Asks an address that has been checked. */
async function connect(url: URL, settings: Settings, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family > 0 ? [{ address: host, family }] : await settings.resolve(host);
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  if (!addresses.every(({ address }) => settings.isAllowed(address)))
    throw refused(settings.source, 'address');
  signal.throwIfAborted();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const headers = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'tuwen' };
    // A connection of its own: one that is kept for later would be found by the name, not by the address.
    const request = send(url, { agent: false, lookup: pinned(addresses), headers, signal });
    request.once('response', resolve).once('error', reject).end();
  });
}

/** A resolver that knows one answer. */
function pinned(addresses: readonly HostAddress[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, [...addresses]);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

async function body(response: IncomingMessage, { source, maxBytes: limit }: Settings): Promise<Uint8Array> {
  const { statusCode = 0, statusMessage = '', headers } = response;
  try {
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode} ${statusMessage}`.trim());
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new Error(`the answer is compressed (${encoding})`);
    const check = (size: number) => {
      if (size > limit) throw new TuwenError('TUWEN_IMAGE_TOO_LARGE', { source, unit: 'byte', size, limit });
    };
    check(Number(headers['content-length'] ?? 0));
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      check(size);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } finally {
    response.destroy();
  }
}

/** Gives up waiting when the signal aborts: a resolver cannot be stopped. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error('aborted'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function refused(source: string, reason: UrlFault): TuwenError {
  return new TuwenError('TUWEN_URL_REFUSED', { source, reason });
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
