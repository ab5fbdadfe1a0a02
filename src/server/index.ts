/** The HTTP API over a model: OpenAI's, Jina's and infinity's shapes, batched across callers. */

export { isLoopback } from './http/guards.ts';
export { LOG_LEVELS, type LogLevel } from './http/log.ts';
export { BATCHING, type Batching, LIMITS, type Limits, type ServerOptions } from './options.ts';
export { type Page, pageResponse, pagesOf } from './pages.ts';
export { type Server, startServer } from './server.ts';
