/** Requests to the server this page came from. */
import { keptKey } from './key.ts';

/** An error the server told of, or that it could not be reached (`code` is `UNREACHABLE`). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(status: number, code: string, message: string, remedy?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

export const UNREACHABLE = 'UNREACHABLE';

const KEY_REFUSED = 401;

let whenKeyIsRefused = () => {};

/** Calls `listener` whenever the server wants another key. */
export function onKeyRefused(listener: () => void): void {
  whenKeyIsRefused = listener;
}

/** Sends JSON by POST where there is a body, else asks by GET. Throws ApiError; what `signal` was aborted with. */
export async function call<T>(
  path: string,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const response = await send(path, body, signal);
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  const { code = `HTTP_${response.status}`, message = response.statusText, remedy } = answer?.error ?? {};
  if (response.status === KEY_REFUSED) whenKeyIsRefused();
  throw new ApiError(response.status, code, message, remedy);
}

async function send(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
  const key = keptKey();
  const headers = {
    'accept-language': document.documentElement.lang,
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  try {
    return await fetch(path, {
      headers,
      ...(signal && { signal }),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, UNREACHABLE, (error as Error).message);
  }
}
