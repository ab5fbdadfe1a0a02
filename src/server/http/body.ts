/** The JSON of a request, read with bounds. */
import { TuwenError } from '../../base/index.ts';

/**
 * Reads a body of JSON.
 *
 * @throws TUWEN_BODY_TYPE, TUWEN_BODY_TOO_LARGE before more than that is held, TUWEN_BODY_NOT_JSON; what `signal` was
 *   aborted with
 */
export async function readJson(request: Request, limit: number, signal: AbortSignal): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw refusedType('content-type', type);
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw refusedType('content-encoding', encoding);
  return parsed(await readBytes(request, limit, signal));
}

/** The length a request says its body has; what it may have at most where it does not say. */
export function declaredLength(request: Request, limit: number): number {
  const header = request.headers.get('content-length');
  if (header === null) return limit;
  const length = Number(header);
  if (length > limit) throw new TuwenError('TUWEN_BODY_TOO_LARGE', { limit });
  return length;
}

async function readBytes(request: Request, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > limit) throw new TuwenError('TUWEN_BODY_TOO_LARGE', { limit });
      chunks.push(next.value);
    }
    signal.throwIfAborted();
    return Buffer.concat(chunks, size);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TuwenError('TUWEN_BODY_NOT_JSON', { reason: (cause as Error).message }, { cause });
  }
}

function refusedType(header: string, got: string): TuwenError {
  return new TuwenError('TUWEN_BODY_TYPE', { header, got });
}
