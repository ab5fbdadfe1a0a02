/** Requests in, answers out: who may ask, which route answers, and how it is told when it cannot. */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { z } from 'zod';
import { isTuwenError, TuwenError } from '../base/index.ts';
import { DOCS, NO_PAGE } from './docs-page.ts';
import { beginCall, type Call } from './http/call.ts';
import { checkHost, checkKey } from './http/guards.ts';
import { languageOf } from './http/language.ts';
import type { Log } from './http/log.ts';
import { answerRead } from './http/read.ts';
import { CALLER_LEFT, failureOf } from './http/status.ts';
import { validated } from './http/validate.ts';
import { answerWork } from './http/work.ts';
import { openapi } from './openapi.ts';
import { type Page, pageResponse } from './pages.ts';
import type { Route } from './routes/index.ts';
import type { Service } from './service.ts';
import { createGate } from './work/gate.ts';

export interface ApplicationOptions {
  readonly service: Service;
  readonly routes: readonly Route[];
  readonly pages: ReadonlyMap<string, Page>;
  readonly log: Log;
  readonly version: string;
  readonly apiKey?: string;
  readonly cors?: string;
  /** Whether only this machine can reach the server. */
  readonly isLoopback: boolean;
}

type Environment = { Bindings: HttpBindings; Variables: { call: Call } };

export function createApplication(options: ApplicationOptions): Hono<Environment> {
  const { service, routes } = options;
  const app = new Hono<Environment>();
  accompany(app, options);
  if (options.cors !== undefined) app.use(cors({ origin: options.cors, maxAge: 600 }));
  if (options.isLoopback) {
    app.use((c, next) => {
      checkHost(c.req.header('host'));
      return next();
    });
  }
  servePages(app, options);
  const bytes = createGate('bytes', service.limits.openBytes);
  for (const route of routes) {
    const method = route.kind === 'work' ? 'POST' : 'GET';
    app.on(method, route.path, async (c) => {
      const call = c.get('call');
      call.route = route.path;
      const isOpen = route.kind === 'read' && route.isOpen;
      if (options.apiKey !== undefined && !isOpen) checkKey(c.req.raw, options.apiKey);
      if (service.stopping.aborted && !isOpen) throw new TuwenError('TUWEN_SERVER_STOPPING', {});
      const parameters = c.req.param() as Record<string, string>;
      if (route.kind === 'work') return answerWork(route, c.req.raw, { service, bytes, call, parameters });
      const query = validated(z.object(route.parameters ?? {}), c.req.query());
      const request = { service, parameters, query, request: c.req.raw, signal: call.signal };
      return answerRead(route, request);
    });
    app.all(route.path, (c) => {
      const allowed = method === 'GET' ? ['GET', 'HEAD'] : [method];
      throw new TuwenError('TUWEN_METHOD_REFUSED', { method: c.req.method, path: c.req.path, allowed });
    });
  }
  app.notFound((c) => {
    throw new TuwenError('TUWEN_ROUTE_UNKNOWN', { method: c.req.method, path: c.req.path });
  });
  return app;
}

/** Sees every request from its beginning to its end: id, deadline, log, metrics; turns errors into answers. */
function accompany(app: Hono<Environment>, { service, log }: ApplicationOptions): void {
  app.use(async (c, next) => {
    const call = beginCall(c.req.raw, c.env.outgoing, service.limits.deadline);
    const ended = service.metrics.request();
    c.set('call', call);
    await next();
    call.end();
    c.header('x-request-id', call.id);
    c.header('x-content-type-options', 'nosniff');
    if (service.stopping.aborted) c.header('connection', 'close');
    const seconds = (performance.now() - call.since) / 1000;
    const status = call.isLeft() ? CALLER_LEFT : c.res.status;
    ended(call.route, c.req.method, status, seconds);
    const { method, path } = c.req;
    log.info('request', { id: call.id, method, path, status, ms: Math.round(seconds * 1e4) / 10 });
  });
  app.onError((thrown, c) => {
    const call = c.get('call');
    const error =
      call.signal.aborted && isTuwenError(thrown, 'TUWEN_CANCELLED') ? call.signal.reason : thrown;
    const { status, headers, body } = failureOf(error, languageOf(c.req.header('accept-language')));
    if (status >= 500 && !call.isLeft()) {
      const stack = error instanceof Error ? error.stack : String(error);
      log.error('failure', { id: call.id, code: body.error.code, stack });
    }
    return Response.json(body, { status, headers });
  });
}

function servePages(app: Hono<Environment>, { pages, routes, version }: ApplicationOptions): void {
  const description = JSON.stringify(openapi(routes, version));
  const all = new Map([...DOCS, ['/', NO_PAGE] as const, ...pages]);
  all.set('/openapi.json', { body: description, type: 'application/json', isImmutable: false });
  for (const [path, page] of all) {
    app.get(path, (c) => {
      c.get('call').route = 'page';
      return pageResponse(page);
    });
  }
}
