import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { isTuwenError, TuwenError } from '../../../base/index.ts';

const PACKAGE = '@zilliz/milvus2-sdk-node';
const TIMEOUT = 60_000;

/** A connected client, with every failure as TUWEN_STORE_FAILED. */
export interface Milvus {
  readonly client: MilvusClient;
  readonly types: typeof import('@zilliz/milvus2-sdk-node')['DataType'];
  /** Runs a request; answers that say they failed throw. */
  ask<T>(request: (client: MilvusClient) => Promise<T>): Promise<T>;
}

/**
 * Connects to `milvus://[user:password@]host:port[/database]`, or `milvuss:` with TLS. `MILVUS_TOKEN` of the
 * environment goes along. Throws TUWEN_STORE_PACKAGE, TUWEN_STORE_FAILED.
 */
export async function connect(address: string): Promise<Milvus> {
  const { MilvusClient, DataType } = await sdk(address);
  const url = parsed(address);
  const store = `${url.protocol}//${url.host}${url.pathname}`;
  const failed = (cause: unknown): TuwenError => {
    if (isTuwenError(cause)) return cause;
    const { details, message } = cause as { details?: string; message?: string };
    return new TuwenError(
      'TUWEN_STORE_FAILED',
      { store, reason: details || message || String(cause) },
      { cause },
    );
  };
  const database = url.pathname.slice(1);
  const token = process.env.MILVUS_TOKEN;
  try {
    const client = new MilvusClient({
      address: url.host,
      ssl: url.protocol === 'milvuss:',
      timeout: TIMEOUT,
      logLevel: 'error',
      ...(url.username && {
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      }),
      ...(token && { token }),
      ...(database && { database }),
    });
    await client.connectPromise;
    return {
      client,
      types: DataType,
      async ask(request) {
        try {
          const answer = await request(client);
          checkStatus(answer);
          return answer;
        } catch (cause) {
          throw failed(cause);
        }
      },
    };
  } catch (cause) {
    throw failed(cause);
  }
}

async function sdk(store: string) {
  try {
    return await import('@zilliz/milvus2-sdk-node');
  } catch (cause) {
    throw new TuwenError('TUWEN_STORE_PACKAGE', { store, name: PACKAGE }, { cause });
  }
}

function parsed(address: string): URL {
  try {
    const url = new URL(address);
    if (url.hostname === '') throw new Error('no host');
    return url;
  } catch (cause) {
    const expected = 'milvus://host:port';
    throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'store', got: address, expected }, { cause });
  }
}

interface Status {
  readonly error_code?: string | number;
  readonly reason?: string;
}

/** Answers carry a status, or are one. */
function checkStatus(answer: unknown): void {
  const status = ((answer as { status?: Status }).status ?? answer) as Status;
  const { error_code: code, reason } = status;
  if (code === undefined || code === 'Success' || code === 0) return;
  throw new Error(reason || String(code));
}
