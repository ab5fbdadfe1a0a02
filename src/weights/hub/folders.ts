import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Python's tools keep caches, on every system. */
export function userCache(): string {
  return join(homedir(), '.cache');
}

/** A path from the environment, in which `~` may stand for the user's folder. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
