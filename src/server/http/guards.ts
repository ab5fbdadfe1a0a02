/** Who may ask. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { TuwenError } from '../../base/index.ts';

/** Whether an address to listen on is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Throws TUWEN_HOST_REFUSED for a request that names a host other than this machine. A web page can have its own name
 * resolve to 127.0.0.1 and so reach a server that trusts whoever reaches it (DNS rebinding); the header gives it away.
 */
export function checkHost(header: string | undefined): void {
  const name = (header ?? '')
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  if (isLoopback(name) || name.endsWith('.localhost')) return;
  throw new TuwenError('TUWEN_HOST_REFUSED', { host: header ?? '' });
}

/** Throws TUWEN_KEY_REFUSED unless the request carries the key, in a header or, for what browsers load by
 * themselves (pictures, event streams), in a cookie. */
export function checkKey(request: Request, key: string): void {
  const { headers, method } = request;
  const bearer = /^Bearer +(.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const offered = bearer ?? headers.get('x-api-key') ?? (method === 'GET' ? cookie(headers) : undefined);
  if (offered === undefined || !isSame(offered.trim(), key)) throw new TuwenError('TUWEN_KEY_REFUSED', {});
}

/** The name of the cookie that may carry the key. */
const COOKIE = 'tuwen_key';

function cookie(headers: Headers): string | undefined {
  const pairs = (headers.get('cookie') ?? '').split(/; */).map((pair) => pair.split('='));
  const value = pairs
    .find(([name]) => name === COOKIE)
    ?.slice(1)
    .join('=');
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Compares in a time that tells nothing of where they differ, nor of the length of either. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** A host as it stands in an address: IPv6 in brackets. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
