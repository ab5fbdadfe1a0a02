/** Servers on free ports of this machine, over the real model. */
import { join } from 'node:path';
import { type Clip, loadClip } from '../../src/clip/index.ts';
import { type Server, type ServerOptions, startServer } from '../../src/server/index.ts';
import { ROOT } from './package.ts';

export const tinyModel = () => loadClip(join(ROOT, 'test/fixtures/tiny-hf'), { threads: 1 });
export const miniModel = () => loadClip('mini', { threads: 1 });

/** Starts a server, and waits for its model where that is there already. */
export async function serve(clip: Clip, options: Partial<ServerOptions> = {}): Promise<Server> {
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
