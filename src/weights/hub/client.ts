/** Requests to one hub: through the proxies of the environment, over redirects, tried again where that may help. */
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { TuwenError, throwIfAborted } from '../../base/index.ts';
import { AttemptFailure, type Patience, persistently, retryAfter } from './attempts.ts';
import type { HubOptions } from './types.ts';

/** An answer whose body has not been read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
  /** Whether it came from the hub's own address and not from a host that the hub sent us to. */
  readonly own: boolean;
}

export interface OpenOptions {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Take a redirect to another host as the answer. */
  readonly stay?: boolean;
}

export interface HubClient extends AsyncDisposable {
  /** Where the hub is, without a slash at the end. */
  readonly endpoint: string;
  readonly patience: Patience;
  /** One attempt. The caller reads the body or destroys it. Throws AttemptFailure, TUWEN_HUB_ANSWER_INVALID. */
  open(address: string, options?: OpenOptions): Promise<Answer>;
  /** Asks for JSON until it comes. Throws AttemptFailure, Refusal, TUWEN_HUB_ANSWER_INVALID, TUWEN_CANCELLED. */
  json(address: string): Promise<unknown>;
}

/** The hub answered that it will not give this. */
export class Refusal extends Error {
  readonly status: number;
  /** Whether there is no such thing, as far as the hub tells us. */
  readonly missing: boolean;

  constructor(status: number, reason: string, missing: boolean) {
    super(reason);
    this.status = status;
    this.missing = missing;
  }
}

export interface ClientSettings {
  readonly endpoint: string;
  /** Sent to the hub itself, and to no other host. */
  readonly credentials: Readonly<Record<string, string>>;
  /** How often something is tried in vain. */
  readonly attempts: number;
}

const TIMEOUT = 30_000;
const PAUSE = 1000;
const MAX_REDIRECTS = 10;
const MAX_JSON_BYTES = 16 * 2 ** 20;
/** Codes by which Hugging Face says that there is no such thing, whatever the status. */
const MISSING = new Set(['RepoNotFound', 'RevisionNotFound', 'EntryNotFound']);

export function openClient(settings: ClientSettings, options: HubOptions): HubClient {
  const { endpoint, credentials, attempts } = settings;
  const { timeout = timeoutOf(process.env), pause = PAUSE, signal } = options;
  const hub = originOf(endpoint);
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    keepAliveTimeout: 1000,
  });
  const patience = { pause, attempts, signal };

  const open: HubClient['open'] = async (address, { method = 'GET', headers = {}, stay = false } = {}) => {
    let url = new URL(address);
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const own = url.origin === hub;
      const answer = await send(url, method, { ...(own ? credentials : {}), ...headers });
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || location === undefined) return { ...answer, own };
      const next = redirected(url, location);
      if (stay && next.origin !== hub) return { ...answer, own };
      answer.body.destroy();
      url = next;
    }
    throw invalid(address, `${MAX_REDIRECTS} redirects`);
  };

  async function send(url: URL, method: 'GET' | 'HEAD', headers: Readonly<Record<string, string>>) {
    throwIfAborted('download', signal);
    try {
      const {
        statusCode,
        headers: got,
        body,
      } = await request(url, {
        method,
        dispatcher,
        headers: { 'accept-encoding': 'identity', 'user-agent': 'tuwen', ...headers },
        ...(signal ? { signal } : {}),
      });
      // Whoever stops reading destroys the body; that is no error of its own.
      body.on('error', () => {});
      const single = Object.entries(got).map(([key, value]) => [
        key,
        Array.isArray(value) ? value[0] : value,
      ]);
      return { status: statusCode, headers: Object.fromEntries(single) as Answer['headers'], body };
    } catch (cause) {
      throwIfAborted('download', signal);
      throw new AttemptFailure(reasonOf(cause), { cause });
    }
  }

  return {
    endpoint,
    patience,
    open,
    json: (address) =>
      persistently(async () => {
        const answer = await open(address, { headers: { accept: 'application/json' } });
        if (answer.status !== 200) throw failureOf(answer);
        return parsed(await textOf(answer, address), address);
      }, patience),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** What an answer that is not the thing asked for amounts to; its body is thrown away. */
export function failureOf({ status, headers, body, own }: Answer): AttemptFailure | Refusal {
  body.destroy();
  const reason = `HTTP ${status}`;
  const code = headers['x-error-code'];
  if (own && ((code && MISSING.has(code)) || status === 404 || status === 410))
    return new Refusal(status, code ?? reason, true);
  if (own && status >= 400 && status < 500 && ![408, 425, 429].includes(status))
    return new Refusal(status, headers['x-error-message']?.slice(0, 200) ?? code ?? reason, false);
  // A host that the hub sent us to may refuse an address that has expired: the hub gives another one.
  return new AttemptFailure(reason, { retryAfter: retryAfter(headers['retry-after']) });
}

/** A short reason, without what may be secret in an address. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return (
    [code, message]
      .filter((part) => part)
      .join(': ')
      .slice(0, 200) || String(error)
  );
}

async function textOf({ body }: Answer, address: string): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      bytes += part.byteLength;
      if (bytes > MAX_JSON_BYTES) throw invalid(address, `> ${MAX_JSON_BYTES} bytes`);
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    throw new AttemptFailure(reasonOf(cause), { cause });
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string, address: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TuwenError('TUWEN_HUB_ANSWER_INVALID', { address, reason: 'not JSON' }, { cause });
  }
}

/** The address a redirect leads to: never from an encrypted one to one that is not. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const allowed = from.protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (to && allowed.includes(to.protocol)) return to;
  throw invalid(from.origin, `redirect to ${to ? to.protocol : 'no address'}`);
}

function originOf(endpoint: string): string {
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return new URL(endpoint).origin;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'mirror', got: endpoint, expected: 'https://…' });
}

/** TUWEN_HUB_TIMEOUT, in seconds. */
function timeoutOf({ TUWEN_HUB_TIMEOUT }: NodeJS.ProcessEnv): number {
  const seconds = Number(TUWEN_HUB_TIMEOUT);
  return TUWEN_HUB_TIMEOUT && seconds > 0 ? seconds * 1000 : TIMEOUT;
}

function invalid(address: string, reason: string): TuwenError {
  return new TuwenError('TUWEN_HUB_ANSWER_INVALID', { address, reason });
}
