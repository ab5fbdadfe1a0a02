import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder where Tuwen keeps what is its own: settings, collections, what it computed. TUWEN_HOME, or `tuwen` in the
 * platform's cache folder (XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, LOCALAPPDATA). It need not exist yet.
 */
export function home(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const { TUWEN_HOME, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (TUWEN_HOME) return resolve(TUWEN_HOME);
  const user = homedir();
  if (platform === 'darwin') return join(user, 'Library/Caches/tuwen');
  if (platform === 'win32') return join(LOCALAPPDATA || join(user, 'AppData/Local'), 'tuwen');
  return join(XDG_CACHE_HOME || join(user, '.cache'), 'tuwen');
}
