import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The path of a file of the recipe, from a path relative to `models/mini`. */
export function recipePath(relative: string): string {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}

export async function readJson<T>(relative: string): Promise<T> {
  return JSON.parse(await readFile(recipePath(relative), 'utf8')) as T;
}

/** Writes a JSON file of `build/`, laid out as the formatter would. */
export async function writeJson(relative: string, value: unknown): Promise<void> {
  await mkdir(recipePath('build'), { recursive: true });
  await writeFile(recipePath(relative), `${JSON.stringify(value, null, 2)}\n`);
}
