import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importsOf, roomViolations } from './support/rooms.ts';

const SRC = new URL('../src/', import.meta.url);

test('every room of src imports only rooms above it, by their index.ts', () => {
  const files = readdirSync(fileURLToPath(SRC), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  const violations = files.flatMap((file) => roomViolations(file, readFileSync(new URL(file, SRC), 'utf8')));
  expect(violations).toEqual([]);
});

describe('the check', () => {
  test.each([
    ['a room below', 'graph/graph.ts', "import { x } from '../engine/index.ts';"],
    ['a room below, for types', 'graph/graph.ts', "import type { X } from '../engine/index.ts';"],
    ['a room below, over several lines', 'clip/a.ts', "import {\n  x,\n  y,\n} from '../train/index.ts';"],
    ['a re-export from below', 'graph/index.ts', "export * from '../clip/index.ts';"],
    ['an import for its effects', 'graph/graph.ts', "import '../engine/index.ts';"],
    ['an import when it runs', 'graph/graph.ts', "const x = await import('../engine/index.ts');"],
    ['a room above past its index.ts', 'clip/towers/vit.ts', "import { x } from '../../graph/shape.ts';"],
    ['a nested index.ts', 'train/loop.ts', "import { x } from '../clip/towers/index.ts';"],
    ['the front door of the library', 'clip/load.ts', "import { x } from '../index.ts';"],
    ['what lies outside src', 'clip/load.ts', "import { x } from '../../models/mini/model.ts';"],
    ['a room below, from a test', 'graph/onnx.test.ts', "import { x } from '../engine/index.ts';"],
  ])('finds %s', (_, file, source) => {
    expect(roomViolations(file, source).length).toBe(1);
  });

  test.each([
    ['a room above by its index.ts', 'clip/towers/vit.ts', "import { x } from '../../graph/index.ts';"],
    ['its own room', 'clip/towers/vit.ts', "import { x } from '../config.ts';"],
    ['packages', 'graph/graph.ts', "import { readFile } from 'node:fs/promises';"],
    ["a test's helpers", 'graph/onnx.test.ts', "import { x } from '../../test/support/numbers.ts';"],
    ['the front door itself', 'index.ts', "export { x } from './clip/load.ts';"],
    ['comments', 'graph/graph.ts', "// import { x } from '../engine/index.ts';\n/* from '../engine/x.ts' */"],
  ])('lets pass %s', (_, file, source) => {
    expect(roomViolations(file, source)).toEqual([]);
  });

  test('knows all rooms', () => {
    expect(roomViolations('attic/a.ts', '').length).toBe(1);
    expect(roomViolations('helpers.ts', '').length).toBe(1);
    expect(importsOf("import a from 'a';\nexport { b } from './b.ts';")).toEqual(['a', './b.ts']);
  });
});
