/** A documented command that serves, left running while others ask it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { RunOptions } from './package.ts';

export interface Serving {
  readonly address: string;
  /** Asks it to end, and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Runs the script of one `tuwen serve` on a free port, and waits until its model is loaded. */
export async function startServing(script: string, { cwd, env = {} }: RunOptions): Promise<Serving> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `exec ${script}`], {
    cwd,
    env: { ...process.env, ...env, TUWEN_MORE: '--port 0 --json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [first] = await Promise.race([line, ended]);
  if (typeof first !== 'string') throw new Error(`${script.trim()} ended with ${first}`);
  const { address } = JSON.parse(first) as { address: string };
  while (!(await fetch(`${address}/health`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    address,
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}
