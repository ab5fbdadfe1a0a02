/** The package as users get it: packed, installed in an empty folder, imported, type-checked, run. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { built, ROOT, run } from './support/package.ts';

// Packing, installing and type-checking take their time on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const MEGABYTE = 2 ** 20;
const ENTRIES = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace(/^\./, 'tuwen'));

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const folder = mkdtempSync(join(tmpdir(), 'tuwen-pack-'));
const project = join(folder, 'project');
let packed: Packed;

const inProject = (command: string, ...args: string[]) =>
  run(command, args, { cwd: project, env: { ONNXRUNTIME_NODE_INSTALL: 'skip', LC_ALL: 'C.UTF-8' } });

beforeAll(() => {
  built();
  const report = run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
  packed = JSON.parse(report)[0];
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  inProject('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what it needs and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const expected = [
    'LICENSE',
    'NOTICE',
    'README.md',
    'README.zh-CN.md',
    'package.json',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/engine/worker.js',
    'dist/web/index.html',
    'examples/pictures/NOTICE.md',
    'models/clip/NOTICE.md',
    'models/clip/merges.txt.gz',
    'models/mini/NOTICE.md',
    'models/mini/README.md',
    'models/mini/expected.safetensors',
    'models/mini/model/config.json',
    'models/mini/model/model.safetensors',
    'models/mini/model/vocab.txt',
  ];
  expect(paths).toEqual(expect.arrayContaining(expected));
  const rooms =
    /^(dist\/|examples\/pictures\/|models\/clip\/|models\/mini\/(model\/|expected\.safetensors$|\w+\.(md|png)$)|[^/]+$)/;
  expect(paths.filter((path) => !rooms.test(path))).toEqual([]);
  expect(paths.filter((path) => /\.test\.|(?<!\.d)\.ts$|fixtures|\.map$/.test(path))).toEqual([]);
  expect(packed.files.filter(({ size }) => size > 25 * MEGABYTE)).toEqual([]);
  expect(packed.unpackedSize).toBeLessThan(40 * MEGABYTE);
});

test('publint finds nothing to say', async () => {
  const tarball = new Uint8Array(readFileSync(join(folder, packed.filename))).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg!, { color: false }))).toEqual([]);
});

test('every entry can be imported', () => {
  writeFileSync(
    join(project, 'import.js'),
    ENTRIES.map((name) => `console.log('${name}', Object.keys(await import('${name}')).length);\n`).join(''),
  );
  const lines = inProject('node', 'import.js').trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(ENTRIES);
  for (const line of lines) expect(Number(line.split(' ')[1])).toBeGreaterThan(0);
});

test('its types serve a strict project', () => {
  writeFileSync(
    join(project, 'consumer.ts'),
    [
      `import { type Clip, type Embeddings, isTuwenError, loadClip, type Match, pipeline, Tasks } from 'tuwen';`,
      ...ENTRIES.slice(1).map((name, i) => `import * as entry${i} from '${name}';`),
      `console.log(${ENTRIES.slice(1).map((_, i) => `entry${i}`)});`,
      `await using clip: Clip = await loadClip('mini', { threads: 1 });`,
      `const matches: Match[] = await clip.match('a.png', ['猫', '狗']);`,
      `const vectors: Embeddings = await clip.embedTexts(['猫']);`,
      `async function* texts(): AsyncGenerator<string> { yield '猫'; }`,
      `for await (const vector of clip.embedTexts(texts())) { const first: number | undefined = vector[0]; }`,
      `const p = await pipeline(Tasks.multi_modal_embedding, { model: 'mini' });`,
      `const { text_embedding } = await p.forward({ text: '猫' });`,
      `try { await clip.close(); } catch (error) {`,
      `  if (isTuwenError(error, 'TUWEN_MODEL_UNKNOWN')) { const model: string = error.value.model; }`,
      `}`,
      '// @ts-expect-error: no such code',
      `isTuwenError(undefined, 'TUWEN_NO_SUCH_CODE');`,
    ].join('\n'),
  );
  const options = {
    module: 'NodeNext',
    target: 'ES2023',
    lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.AsyncIterable'],
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
  );
  inProject('node', join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
});

test('its command works with the model and the pictures it brings', () => {
  expect(inProject('npx', 'tuwen', '--version').trim()).toBe(manifest.version);
  expect(inProject('npx', 'tuwen', '--help')).toContain('match');
  const pictures = join(project, 'node_modules/tuwen/examples/pictures');
  const picture = join(pictures, readdirSync(pictures).find((name) => name.startsWith('西瓜'))!);
  const { matches } = JSON.parse(
    inProject('npx', 'tuwen', 'match', '--model', 'mini', '--json', picture, '西瓜', '自行车'),
  );
  expect(matches.map(({ text }: { text: string }) => text)).toEqual(['西瓜', '自行车']);
  expect(matches[0].probability).toBeGreaterThan(0.5);
  expect(inProject('npx', 'tuwen', 'demo')).toContain('%');
});
