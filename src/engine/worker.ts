/** The thread in which models run, so that the caller's event loop stays free. */
import { parentPort, workerData } from 'node:worker_threads';
import { isTuwenError } from '../base/index.ts';
import { discard } from './discard.ts';
import type { Reply, Request, WorkerSetup } from './protocol.ts';
import { openSession, type Session } from './session.ts';

const port = parentPort!;
const { models, options } = workerData as WorkerSetup;
const sessions = new Map<string, Session>();

function reply(message: Reply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function reasonOf(error: unknown): string {
  if (isTuwenError(error, 'TUWEN_ENGINE_FAILED')) return error.value.reason;
  return error instanceof Error ? error.message : String(error);
}

async function answer(request: Request): Promise<void> {
  if ('close' in request) {
    for (const session of sessions.values()) await session.close();
    reply({ results: {} });
    port.close();
    return;
  }
  try {
    const session = sessions.get(request.model);
    if (!session) throw new Error(`no model ${request.model}`);
    const results = await session.run(request.feeds);
    const transfer = Object.values(results).map(({ data }) => data.buffer as ArrayBuffer);
    reply({ results }, transfer);
  } catch (error) {
    reply({ reason: reasonOf(error) });
  }
}

try {
  for (const [name, model] of Object.entries(models)) sessions.set(name, await openSession(model, options));
  // The engine has copied them.
  discard(Object.values(models).flatMap(({ weights }) => [...(weights?.values() ?? [])]));
  port.on('message', (request: Request) => void answer(request));
  reply({ results: {} });
} catch (error) {
  reply({ reason: reasonOf(error) });
  port.close();
}
