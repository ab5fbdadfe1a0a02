/** The rule of the rooms: `src/` is a list of folders in which each may use only those above it, by their front doors. */
import { posix } from 'node:path';

/** From the one that knows nothing to the one that knows how to be called. */
export const ROOMS = [
  'base',
  'graph',
  'engine',
  'weights',
  'clip',
  'data',
  'evaluate',
  'train',
  'search',
  'server',
  'cli',
] as const;

/** The modules a source text imports: statements, re-exports, calls of `import()`. */
export function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern = /\bfrom\s+['"]([^'"]+)['"]|\bimport\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return Array.from(code.matchAll(pattern), ([, from, plain, call]) => (from ?? plain ?? call)!);
}

/**
 * What is wrong with the imports of a file of `src/` (its path from there): a sentence for each. Packages are
 * everybody's; tests may import what lies outside `src/`, such as their helpers.
 */
export function roomViolations(file: string, source: string): string[] {
  const [room, ...inside] = file.split('/') as [string, ...string[]];
  if (inside.length === 0) return file === 'index.ts' ? [] : [`${file} is in no room`];
  const place = ROOMS.indexOf(room as (typeof ROOMS)[number]);
  if (place < 0) return [`${file} is in the unknown room ${room}`];
  return importsOf(source)
    .filter((specifier) => specifier.startsWith('.'))
    .flatMap((specifier) => {
      const target = posix.join(posix.dirname(file), specifier);
      if (target.startsWith('../')) return file.endsWith('.test.ts') ? [] : [`${file} leaves src: ${target}`];
      const [other, ...rest] = target.split('/');
      if (other === room) return [];
      if (ROOMS.slice(0, place).every((above) => above !== other)) return [`${file} looks down at ${target}`];
      return rest.join('/') === 'index.ts' ? [] : [`${file} enters ${other} past its index.ts: ${target}`];
    });
}
