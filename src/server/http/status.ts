/** How errors look to callers over HTTP: OpenAI's error object with an honest status. */
import { type ErrorCode, type Language, TuwenError } from '../../base/index.ts';

/** The caller left before the answer, as nginx has it: for logs and metrics, since nobody reads it. */
export const CALLER_LEFT = 499;

/** The status of each code that requests can meet; every other one is a fault of the server: 500. */
export const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  TUWEN_BODY_NOT_JSON: 400,
  TUWEN_KEY_REFUSED: 401,
  TUWEN_HOST_REFUSED: 403,
  TUWEN_ROUTE_UNKNOWN: 404,
  TUWEN_MODEL_NOT_SERVED: 404,
  TUWEN_COLLECTION_MISSING: 404,
  TUWEN_ITEM_UNKNOWN: 404,
  TUWEN_FILE_MISSING: 404,
  TUWEN_IMAGE_MISSING: 404,
  TUWEN_METHOD_REFUSED: 405,
  TUWEN_BODY_LATE: 408,
  TUWEN_COLLECTION_MODEL: 409,
  TUWEN_BODY_TOO_LARGE: 413,
  TUWEN_IMAGE_TOO_LARGE: 413,
  TUWEN_BODY_TYPE: 415,
  TUWEN_REQUEST_INVALID: 422,
  TUWEN_IMAGE_INPUT: 422,
  TUWEN_IMAGE_UNREADABLE: 422,
  TUWEN_IMAGE_NOT_FETCHED: 422,
  TUWEN_URL_REFUSED: 422,
  TUWEN_QUERY_EMPTY: 422,
  TUWEN_WHERE_INVALID: 422,
  TUWEN_SERVER_BUSY: 429,
  TUWEN_STORE_FAILED: 502,
  TUWEN_MODEL_LOADING: 503,
  TUWEN_SERVER_STOPPING: 503,
  TUWEN_DEADLINE: 504,
};

/** The field of a request that a code is about, where its value does not name one. */
const FIELDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  TUWEN_MODEL_NOT_SERVED: 'model',
  TUWEN_COLLECTION_MISSING: 'collection',
  TUWEN_QUERY_EMPTY: 'query',
  TUWEN_WHERE_INVALID: 'where',
};

/** OpenAI's error object, with what to do next. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    /** The field of the request that is wrong. */
    readonly param: string | null;
    readonly code: string;
    readonly remedy?: string;
  };
}

export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** What a caller is told of an error; of one that is none of ours, nothing but that there was one. */
export function failureOf(error: unknown, language: Language): Failure {
  if (!(error instanceof TuwenError)) {
    const message = language === 'zh' ? '服务内部错误' : 'an error inside the server';
    return { status: 500, headers: {}, body: bodyOf(500, 'TUWEN_INTERNAL', null, message) };
  }
  const status = STATUS[error.code as ErrorCode] ?? 500;
  const { message, remedy } = error.text(language);
  const value = error.value as { field?: string; source?: string; retryAfter?: number; allowed?: string[] };
  const headers = {
    ...(status === 429 && { 'retry-after': String(value.retryAfter) }),
    ...(status === 503 && { 'retry-after': '1' }),
    ...(status === 405 && { allow: value.allowed!.join(', ') }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
  const param =
    status < 500 ? (value.field ?? value.source ?? FIELDS[error.code as ErrorCode] ?? null) : null;
  return { status, headers, body: bodyOf(status, error.code, param, message, remedy) };
}

function bodyOf(
  status: number,
  code: string,
  param: string | null,
  message: string,
  remedy?: string,
): ErrorBody {
  return { error: { message, type: typeOf(status), param, code, ...(remedy && { remedy }) } };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
