/** A server from its start to its end. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { TuwenError } from '../base/index.ts';
import { createApplication } from './application.ts';
import { bracketed, isLoopback } from './http/guards.ts';
import { createLog } from './http/log.ts';
import { BATCHING, LIMITS, type ServerOptions } from './options.ts';
import { pagesOf } from './pages.ts';
import { apiRoutes } from './routes/index.ts';
import { createService } from './service.ts';
import type { PictureSettings } from './work/pictures.ts';

export interface Server extends AsyncDisposable {
  /** Where it listens: `http://127.0.0.1:8787`. */
  readonly address: string;
  /** Resolves when the model is loaded; rejects with the reason where it cannot be. */
  readonly ready: Promise<void>;
  /** Takes no new requests, finishes those it has accepted, and ends. The model is its owner's to close. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PORT = 8787;

/** How long the headers of a request may take, and a connection may wait for the next one, in milliseconds. */
const HEADERS_TIME = 10_000;
const IDLE_TIME = 30_000;

/** The built page lies beside the compiled rooms. */
const WEB = fileURLToPath(new URL('../web', import.meta.url));

/**
 * Starts the HTTP API over a model, which may still be loading.
 *
 * @throws TUWEN_ADDRESS_UNAVAILABLE
 */
export async function startServer(
  options: ServerOptions & Pick<PictureSettings, 'fetching'>,
): Promise<Server> {
  const { host = HOST, port = PORT, apiKey, cors, fetching } = options;
  const log = createLog(options.log ?? (() => {}), options.logLevel ?? 'info');
  const limits = { ...LIMITS, ...options.limits };
  const service = createService({
    clip: options.clip,
    aliases: options.aliases ?? [],
    batching: { ...BATCHING, ...options.batching },
    limits,
    collections: {
      ...(options.collections && { names: options.collections }),
      ...(options.store !== undefined && { store: options.store }),
    },
    allowImageUrls: options.allowImageUrls ?? false,
    ...(fetching && { fetching }),
  });
  service.loading.then(
    () => log.info('ready', { model: service.names[0] }),
    () => {}, // Whoever waits for `ready` is told.
  );
  const app = createApplication({
    service,
    routes: apiRoutes(limits),
    pages: pagesOf(WEB),
    log,
    version: version(),
    isLoopback: isLoopback(host),
    ...(apiKey !== undefined && { apiKey }),
    ...(cors !== undefined && { cors }),
  });
  const listener = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const headersTimeout = Math.min(HEADERS_TIME, limits.deadline);
  const server = createServer({ headersTimeout, requestTimeout: limits.deadline }, listener);
  server.keepAliveTimeout = IDLE_TIME;
  const unused = unusedConnections(server);
  const { address, port: taken } = await listening(server, host, port);
  let closing: Promise<void> | undefined;
  const close = () => {
    service.stop();
    closing ??= closed(server, unused, limits.deadline).then(() => service.close());
    return closing;
  };
  log.info('listening', { host: address, port: taken });
  return {
    address: `http://${bracketed(host)}:${taken}`,
    ready: service.loading,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listening(server: HttpServer, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code ?? cause.message;
      reject(new TuwenError('TUWEN_ADDRESS_UNAVAILABLE', { host, port, reason }, { cause }));
    });
    server.listen({ host, port }, () => resolve(server.address() as AddressInfo));
  });
}

/** The connections on which no request has come yet: nothing was accepted there. */
function unusedConnections(server: HttpServer): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

/** Ends when the last answer has been sent; one that is read too slowly is cut off after the time of a request. */
async function closed(server: HttpServer, unused: ReadonlySet<Socket>, deadline: number): Promise<void> {
  const ended = once(server, 'close');
  // A connection whose answer is still under way is not kept when that has been sent.
  server.keepAliveTimeout = 1;
  server.close();
  server.closeIdleConnections();
  for (const socket of unused) socket.destroy();
  const timer = setTimeout(() => server.closeAllConnections(), deadline);
  await ended;
  clearTimeout(timer);
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
