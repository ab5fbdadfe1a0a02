/** The rooms of `src/` (docs/architecture.md): a room imports from rooms above it only, through their `index.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/package.ts';

/** From the one that knows nothing of the others to the one that may know them all. */
const ROOMS = [
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
];
const SRC = join(ROOT, 'src');

/** The sources of the package; tests may look anywhere. */
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
);

/** The room of a file in `src/`; the front door, `src/index.ts`, is below all of them. */
function rankOf(file: string): number {
  const [room, ...rest] = file.split(sep);
  return rest.length === 0 ? ROOMS.length : ROOMS.indexOf(room!);
}

test('every folder of src/ is a room', () => {
  const unknown = sources.filter((file) => rankOf(file) < 0);
  expect(unknown).toEqual([]);
});

test('rooms import from rooms above them, through the front', () => {
  const wrong = sources.flatMap((file) => {
    const imported = readFileSync(join(SRC, file), 'utf8').matchAll(/\b(?:from|import) *\(?'(\.[^']+)'/g);
    return [...imported]
      .map((match) => relative(SRC, join(SRC, dirname(file), match[1]!)))
      .filter((target) => dirname(target).split(sep)[0] !== dirname(file).split(sep)[0])
      .filter((target) => rankOf(target) >= rankOf(file) || !/^\w+[\\/]index\.ts$/.test(target))
      .map((target) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});
