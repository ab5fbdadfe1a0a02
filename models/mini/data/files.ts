import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The path of a file of the recipe, from a path relative to `models/mini`. */
export function recipePath(relative: string): string {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}

export async function readJson<T>(relative: string): Promise<T> {
  return JSON.parse(await readFile(recipePath(relative), 'utf8')) as T;
}

/** Writes a file of `build/`, one array element a line. */
export async function writeJsonLines(relative: string, values: readonly unknown[]): Promise<void> {
  await mkdir(recipePath('build'), { recursive: true });
  const lines = values.map((value) => JSON.stringify(value)).join(',\n');
  await writeFile(recipePath(relative), `[\n${lines}\n]\n`);
}
