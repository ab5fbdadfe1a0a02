import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cancelled, TuwenError } from '../../base/index.ts';

/** An encoded picture: a path, a URL (http, https, data or file), or the bytes of a file. */
export type EncodedImage = string | URL | Uint8Array | ArrayBuffer | Blob;

export interface ReadOptions {
  /** The longest file or download, in bytes; 256 MiB unless told. */
  maxBytes?: number;
  /** How long a download may take, in milliseconds; 30 s unless told. */
  timeout?: number;
  signal?: AbortSignal;
  /** Downloads instead of the global `fetch`: to reach only addresses that may be reached, for one. */
  fetch?: typeof fetch;
}

const MAX_BYTES = 256 * 2 ** 20;
const TIMEOUT = 30_000;

/** How an error names a picture. */
export function nameOf(input: unknown): string {
  if (typeof input === 'string') return short(input);
  if (input instanceof URL)
    return short(input.href.startsWith('file:///') ? fileURLToPath(input) : input.href);
  if (input instanceof Blob && 'name' in input && typeof input.name === 'string') return input.name;
  if (input instanceof Blob) return `a Blob of ${input.size} bytes`;
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) {
    return `${input.constructor.name} of ${input.byteLength} bytes`;
  }
  return input === null ? 'null' : Array.isArray(input) ? 'an array' : typeof input;
}

/**
 * The bytes of an encoded picture.
 *
 * @throws TUWEN_IMAGE_MISSING, TUWEN_IMAGE_UNREADABLE, TUWEN_IMAGE_TOO_LARGE, TUWEN_IMAGE_NOT_FETCHED,
 *   TUWEN_CANCELLED
 */
export async function readBytes(input: EncodedImage, options: ReadOptions): Promise<Uint8Array> {
  const source = nameOf(input);
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  if (isAddress(input)) return fetchBytes(String(input), source, maxBytes, options);
  if (typeof input === 'string' || input instanceof URL) {
    return readPath(pathOf(input, source), source, maxBytes);
  }
  checkSize(input instanceof Blob ? input.size : input.byteLength, source, maxBytes);
  if (input instanceof Blob) return new Uint8Array(await input.arrayBuffer());
  return input instanceof ArrayBuffer ? new Uint8Array(input) : input;
}

/** A path, or that of a file URL; throws TUWEN_IMAGE_INPUT for one that names another machine. */
function pathOf(input: string | URL, source: string): string {
  if (!String(input).startsWith('file:')) return String(input);
  try {
    return fileURLToPath(input);
  } catch (cause) {
    throw new TuwenError('TUWEN_IMAGE_INPUT', { source, reason: reasonOf(cause) }, { cause });
  }
}

function isAddress(input: EncodedImage): boolean {
  return (typeof input === 'string' || input instanceof URL) && /^(https?|data):/i.test(String(input));
}

async function readPath(path: string, source: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw new TuwenError('TUWEN_IMAGE_UNREADABLE', { source, reason: 'not a file' });
    checkSize(status.size, source, maxBytes);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new TuwenError('TUWEN_IMAGE_MISSING', { source }, { cause });
    }
    throw new TuwenError('TUWEN_IMAGE_UNREADABLE', { source, reason: (cause as Error).message }, { cause });
  }
}

async function fetchBytes(
  url: string,
  source: string,
  maxBytes: number,
  { timeout = TIMEOUT, signal, fetch: get = fetch }: ReadOptions,
): Promise<Uint8Array> {
  const late = AbortSignal.timeout(timeout);
  try {
    const response = await get(url, { signal: signal ? AbortSignal.any([signal, late]) : late });
    if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    return await readBody(response, source, maxBytes);
  } catch (cause) {
    if (cause instanceof TuwenError) throw cause;
    if (signal?.aborted) throw cancelled('reading', signal, source);
    const reason = late.aborted ? `no picture within ${timeout / 1000} s` : reasonOf(cause);
    throw new TuwenError('TUWEN_IMAGE_NOT_FETCHED', { source, reason }, { cause });
  }
}

async function readBody(response: Response, source: string, maxBytes: number): Promise<Uint8Array> {
  checkSize(Number(response.headers.get('content-length') ?? 0), source, maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    checkSize(size, source, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function checkSize(size: number, source: string, limit: number): void {
  if (size > limit) throw new TuwenError('TUWEN_IMAGE_TOO_LARGE', { source, unit: 'byte', size, limit });
}

/** `fetch failed` alone says nothing: its cause does. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
