/** The package as it is built, and commands run beside it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds `dist` where there is none; `npm test` has built it before any test. */
export function built(): void {
  if (!existsSync(join(ROOT, 'dist/index.js'))) run('npm', ['run', 'build'], { cwd: ROOT });
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command as a user would, outside any npm script, and returns what it printed; throws where it fails. */
export function run(command: string, args: readonly string[], { cwd, env = {} }: RunOptions): string {
  const outside = Object.entries(process.env).filter(([name]) => !/^(npm_|vitest|node_options)/i.test(name));
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...Object.fromEntries(outside), ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')}\n${error ?? `exit ${status}`}\n${stdout}\n${stderr}`);
}
