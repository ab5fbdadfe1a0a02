import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A path below the folder where everything a benchmark makes lies: environment, models, logs, results. */
export function buildPath(...parts: string[]): string {
  return join(ROOT, 'build', 'bench', ...parts);
}

/** A path below `bench/python`. */
export function pythonPath(name: string): string {
  return join(ROOT, 'bench', 'python', name);
}
