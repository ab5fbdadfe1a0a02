import { constants } from 'node:os';
import { say } from './output.ts';
import { texts } from './texts/index.ts';

export interface Interruption {
  /** Aborts at the first Ctrl-C, or when the program is told to end. */
  readonly signal: AbortSignal;
  /** 128 plus the number of the signal that came, as shells have it. */
  exitCode(): number;
}

/**
 * The first SIGINT or SIGTERM asks the program to stop, the second ends it at once: by the signal itself, since an
 * orderly exit while the model runs on its thread would end in a crash.
 */
export function onInterrupt(): Interruption {
  const controller = new AbortController();
  let exitCode = 1;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      exitCode = 128 + constants.signals[name];
      if (controller.signal.aborted) {
        process.removeAllListeners(name);
        process.kill(process.pid, name);
        return;
      }
      say(texts().progress.stopping);
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}
