/**
 * The documentation, executed. Every `ts` block of a page belongs to one module, every `bash` block is a script; both
 * run in a folder that holds a checkpoint in Hugging Face's layout (`my-chinese-clip`), an English CLIP (`english-clip`),
 * what a model starts from (`start/`), pictures (`照片.jpg`, `照片/`, `examples/pictures/`) and nothing else; a hub on this
 * machine has some models under their published names. Blocks that install something carry a comment
 * `<!-- not run: why -->`. A block with `<!-- keeps running: why -->` starts a server that the page's other blocks ask,
 * on whatever port is free: the addresses in their `curl` commands lead there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import recipe from '../models/mini/package.json' with { type: 'json' };
import manifest from '../package.json' with { type: 'json' };
import { MESSAGES } from '../src/base/messages/index.ts';
import { checkpointFiles } from './support/checkpoints.ts';
import { codeBlocks, pages, prose, readPage } from './support/markdown.ts';
import { built, ROOT, run } from './support/package.ts';
import { type Serving, startServing } from './support/serving.ts';

// Every block starts a program of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Inside the repository, so that `tuwen` is this package, as it was built. */
const FOLDER = join(ROOT, 'build/docs');
const FIXTURES = join(ROOT, 'test/fixtures');
const PICTURES = ['jpeg-640x480.jpg', 'jpeg-portrait-240x320.jpg', 'png-palette8.png'];

const checkpoints = checkpointFiles();

const folderOf = (page: string) => join(FOLDER, page.replaceAll('/', '-'));
const moduleOf = (page: string) => join(folderOf(page), 'page.ts');
const typescript = (page: string) => codeBlocks(readPage(page)).filter(({ language }) => language === 'ts');
const withTypescript = pages().filter((page) => typescript(page).length > 0);

function prepare(page: string): void {
  const folder = folderOf(page);
  mkdirSync(join(folder, '照片'), { recursive: true });
  mkdirSync(join(folder, 'examples'));
  cpSync(join(FIXTURES, 'tiny-hf'), join(folder, 'my-chinese-clip'), { recursive: true });
  mkdirSync(join(folder, 'english-clip'));
  for (const name of ['vit.jit.pt', 'merges.txt'])
    cpSync(join(FIXTURES, 'english', name), join(folder, 'english-clip', name));
  writeSources(join(folder, 'start'));
  cpSync(join(FIXTURES, 'pixels/sources', PICTURES[0]!), join(folder, '照片.jpg'));
  for (const name of PICTURES) cpSync(join(FIXTURES, 'pixels/sources', name), join(folder, '照片', name));
  symlinkSync(join(ROOT, 'examples/pictures'), join(folder, 'examples/pictures'));
  const code = typescript(page).map((block) => block.code);
  if (code.length > 0) writeFileSync(moduleOf(page), `${code.join('\n')}\nexport {};\n`);
}

/** Checkpoints to start a model from, and the configuration of that model. */
function writeSources(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'openai.pt'), checkpoints.get('init/openai.state_dict.pt')!);
  writeFileSync(join(folder, 'chinese-roberta.bin'), checkpoints.get('init/bert.bin')!);
  const keys = ['ViT-micro.json', 'BERT-micro-chinese.json'].map((name) =>
    JSON.parse(readFileSync(join(FIXTURES, 'init', name), 'utf8')),
  );
  writeFileSync(join(folder, 'config.json'), JSON.stringify(Object.assign({}, ...keys)));
}

let hub: ChildProcess;
let endpoint: string;

/** Hubs, caches and settings of a page of its own. */
function environment(page: string): Record<string, string> {
  const home = `${folderOf(page)}.home`;
  return {
    HF_ENDPOINT: endpoint,
    MODELSCOPE_ENDPOINT: endpoint,
    HF_HOME: join(home, 'huggingface'),
    MODELSCOPE_CACHE: join(home, 'modelscope'),
    TUWEN_HOME: home,
  };
}

beforeAll(async () => {
  built();
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'bin'), { recursive: true });
  const commands = {
    tuwen: `exec node '${join(ROOT, 'dist/cli/main.js')}' "$@" $TUWEN_MORE`,
    curl: `exec node '${join(ROOT, 'test/support/curl.mjs')}' "$@"`,
  };
  for (const [name, line] of Object.entries(commands))
    writeFileSync(join(FOLDER, 'bin', name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  for (const page of pages()) prepare(page);
  const loader = join(ROOT, 'test/support/typescript.mjs');
  hub = fork(join(ROOT, 'test/support/docs-hub.ts'), { execArgv: ['--import', loader], silent: true });
  const [line] = await once(hub.stdout!.setEncoding('utf8'), 'data');
  endpoint = String(line).trim();
});
afterAll(() => hub.disconnect());

describe('code', () => {
  test('of TypeScript is well typed', () => {
    const config = { extends: '../../tsconfig.json', files: withTypescript.map(moduleOf) };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config));
    run('node', [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', FOLDER], { cwd: ROOT });
  });

  test.each(withTypescript)('%s: its TypeScript runs', (page) => {
    const loader = join(ROOT, 'test/support/typescript.mjs');
    run('node', ['--import', loader, moduleOf(page)], { cwd: folderOf(page), env: environment(page) });
  });

  const PATH = `${join(FOLDER, 'bin')}:${process.env.PATH}`;
  const scripts = pages().flatMap((page) =>
    codeBlocks(readPage(page))
      .filter(({ language, notRun }) => language === 'bash' && notRun === undefined)
      .map(({ line, code, keepsRunning = false }) => ({ page, line, code, keepsRunning })),
  );
  const servers = scripts.filter(({ keepsRunning }) => keepsRunning);
  const served = (page: string) => servers.some((server) => server.page === page);
  test.each(scripts.filter(({ page }) => !served(page)))('$page:$line runs', ({ page, code }) => {
    const env = { PATH, ...environment(page) };
    run('bash', ['-euo', 'pipefail', '-c', code], { cwd: folderOf(page), env });
  });

  describe.each(servers)('$page:$line keeps running', ({ page, code }) => {
    let serving: Serving;
    beforeAll(async () => {
      serving = await startServing(code, { cwd: folderOf(page), env: { PATH, ...environment(page) } });
    });
    afterAll(() => serving?.stop());

    const others = scripts.filter((script) => script.page === page && !script.keepsRunning);
    test.each(others)('and $page:$line runs', (script) => {
      const env = { PATH, ...environment(page), TUWEN_SERVED: serving.address };
      run('bash', ['-euo', 'pipefail', '-c', script.code], { cwd: folderOf(page), env });
    });

    test('until it is told to end', async () => {
      expect(await serving.stop()).toBe(0);
    });
  });

  test('that is not run only installs, measures, or runs the tests', () => {
    const lines = pages()
      .flatMap((page) => codeBlocks(readPage(page)))
      .filter(({ notRun }) => notRun !== undefined)
      .flatMap(({ code }) => code.trim().split('\n'));
    const allowed =
      /^(ONNXRUNTIME_NODE_INSTALL=skip )?npm (ci|install)\b|^npm (test|run demo)\b|^npx tsx bench\//;
    expect(lines.filter((line) => !allowed.test(line))).toEqual([]);
  });

  test('is TypeScript, a script, or something printed', () => {
    const languages = pages().flatMap((page) => codeBlocks(readPage(page)).map(({ language }) => language));
    expect(languages.filter((language) => !['ts', 'bash', 'json', 'text'].includes(language))).toEqual([]);
  });
});

describe('pages', () => {
  const translated = pages().filter((page) => page.endsWith('.zh-CN.md'));
  test.each(translated)('%s has the structure of its English page', (chinese) => {
    expect(outline(readPage(chinese))).toEqual(outline(readPage(chinese.replace('.zh-CN', ''))));
  });

  const everywhere = [
    ...pages(),
    'CONTRIBUTING.md',
    'test/README.md',
    'bench/README.md',
    'models/mini/README.md',
  ];
  test.each(everywhere)('%s names files and scripts that exist', (page) => {
    const text = readPage(page);
    const links = [...prose(text).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
    const scripts = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map((match) => match[1]!);
    expect(scripts.filter((name) => !(name in manifest.scripts) && !(name in recipe.scripts))).toEqual([]);
  });

  test('docs/errors.md lists every code, in the order of the table', () => {
    const listed = [...readPage('docs/errors.md').matchAll(/^\| `(TUWEN_\w+)`/gm)].map((match) => match[1]!);
    expect(listed).toEqual(Object.keys(MESSAGES));
  });

  test('docs/dependencies.md lists every dependency with its version', () => {
    const rows = [...readPage('docs/dependencies.md').matchAll(/^\| `([^`]+)` +\| ([\d.]+) /gm)];
    const listed = Object.fromEntries(rows.map(([, name, version]) => [name, version]));
    expect(listed).toEqual({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    });
  });
});

/** What two languages of one page share: levels of headings, code without comments, sizes of lists and tables. */
function outline(markdown: string) {
  const text = prose(markdown);
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  return {
    headings: [...text.matchAll(/^(#+) /gm)].map((match) => match[1]!),
    code: codeBlocks(markdown).map(({ language, code }) => [language, withoutComments(code)]),
    items: count(/^ *([-*]|\d+\.) /gm),
    rows: count(/^\|/gm),
  };
}

function withoutComments(code: string): string {
  return code.replace(/(^|\s+)(\/\/|#) .*$/gm, '');
}
