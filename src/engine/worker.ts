/** The thread in which models run, so that the caller's event loop stays free. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Reply, Request, WorkerSetup } from './protocol.ts';
import { openSession, type Session } from './session.ts';

const port = parentPort!;
const { models, options } = workerData as WorkerSetup;
const sessions = new Map<string, Session>();

function reply(message: Reply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function answer(request: Request): Promise<void> {
  if ('close' in request) {
    for (const session of sessions.values()) await session.close();
    reply({ id: request.id, results: {} });
    port.close();
    return;
  }
  try {
    const results = await sessions.get(request.model)!.run(request.feeds);
    const transfer = Object.values(results).map(({ data }) => data.buffer as ArrayBuffer);
    reply({ id: request.id, results }, transfer);
  } catch (error) {
    reply({ id: request.id, reason: reasonOf(error) });
  }
}

try {
  for (const [name, model] of Object.entries(models)) sessions.set(name, await openSession(model, options));
  let last = Promise.resolve();
  port.on('message', (request: Request) => {
    last = last.then(() => answer(request));
  });
  reply({ ready: true });
} catch (error) {
  reply({ failed: reasonOf(error) });
  port.close();
}
