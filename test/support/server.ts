/** Servers on free ports of this machine, over the real model. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Clip, loadClip } from '../../src/clip/index.ts';
import { type Server, startServer } from '../../src/server/index.ts';
import { ROOT } from './package.ts';

export const tinyModel = () => loadClip(join(ROOT, 'test/fixtures/tiny-hf'), { threads: 1 });
export const miniModel = () => loadClip('mini', { threads: 1 });

/** Starts a server, and waits for its model where that is there already. */
export async function serve(
  clip: Clip,
  options: Omit<Parameters<typeof startServer>[0], 'clip'> = {},
): Promise<Server> {
  const server = await startServer({ clip, port: 0, ...options });
  await server.ready;
  return server;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/** Sends JSON, or bytes as they are, and reads JSON. */
export async function post(
  server: Server,
  path: string,
  body: unknown,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(server.address + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export async function get(server: Server, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(server.address + path, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export interface HeldClip {
  readonly clip: Clip;
  /** Batches that have begun, each with its size. */
  readonly begun: readonly number[];
  /** Lets everything run from now on. */
  release(): void;
}

/** The same model, whose batches wait until they are released: a slow model, as long as a test wants it slow. */
export function held(clip: Clip): HeldClip {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const begun: number[] = [];
  const slow = {
    ...clip,
    async embedTexts(texts: readonly string[], options: object) {
      begun.push(texts.length);
      await released;
      return clip.embedTexts(texts, options);
    },
    async embedImages(images: readonly Uint8Array[], options: object) {
      begun.push(images.length);
      await released;
      return clip.embedImages(images, options);
    },
  };
  return { clip: slow as unknown as Clip, begun, release };
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Waits until a counter of the server has a value. */
export async function untilCounted(server: Server, sample: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    if (metrics.split('\n').includes(sample)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A connection on which a test writes what it likes. */
export async function raw(server: Server): Promise<Socket> {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

export const embed = (server: Server, input: unknown, init?: RequestInit) =>
  post(server, '/v1/embeddings', { input }, init);

/** Servers of a test file, all of which end when a test does. */
export function serversOf(model: () => Clip) {
  const servers: Server[] = [];
  const holding: HeldClip[] = [];
  const started = async (options: Parameters<typeof serve>[1] = {}, clip = model()): Promise<Server> => {
    const server = await serve(clip, options);
    servers.push(server);
    return server;
  };
  return {
    started,
    /** A server whose model runs nothing before it is released, and the lines of its log. */
    async startedHeld(options: Parameters<typeof serve>[1] = {}) {
      const slow = held(model());
      holding.push(slow);
      const lines: { event: string; status?: number; path?: string }[] = [];
      const log = (line: string) => void lines.push(JSON.parse(line));
      const { begun, release } = slow;
      return { begun, release, lines, server: await started({ log, ...options }, slow.clip) };
    },
    async end() {
      for (const { release } of holding.splice(0)) release();
      await Promise.all(servers.splice(0).map((server) => server.close()));
    },
  };
}
