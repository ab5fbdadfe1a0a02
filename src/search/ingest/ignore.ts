import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Patterns in the syntax of `.gitignore`, for the folder the file is in and those below. */
const FILE = '.tuwenignore';

/** What systems and network drives keep beside pictures. */
const SYSTEM = new Set(['@eaDir', '#recycle', '$RECYCLE.BIN', 'System Volume Information', 'node_modules']);

/** Decides what a walk leaves out; each folder adds its own rules to those above it. */
export interface Rules {
  excludes(path: string, isFolder: boolean): boolean;
}

/** Hidden files and system folders. */
export const HIDDEN: Rules = {
  excludes(path) {
    const name = path.slice(path.lastIndexOf(sep) + 1);
    return name.startsWith('.') || SYSTEM.has(name);
  },
};

/** The rules of a folder inside one with the rules `above`. */
export async function rulesIn(folder: string, names: readonly string[], above: Rules): Promise<Rules> {
  if (!names.includes(FILE)) return above;
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => '');
  const own: Ignore = ignore().add(text);
  return {
    excludes(path, isFolder) {
      const inside = relative(folder, path).replaceAll(sep, '/');
      return above.excludes(path, isFolder) || own.ignores(isFolder ? `${inside}/` : inside);
    },
  };
}
