/** The page as users get it: the built program indexes pictures and serves them. */
import { copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, ROOT, run } from '../../support/package.ts';
import { startServing } from '../../support/serving.ts';

const PROGRAM = join(ROOT, 'dist/cli/main.js');
const SHIPPED = join(ROOT, 'examples/pictures');

export interface ServedPage {
  readonly address: string;
  /** The folder the collection is kept in step with. */
  readonly pictures: string;
  stop(): Promise<void>;
}

export interface ServedOptions {
  /** How many more files have the content of each picture. */
  readonly copies?: number;
  /** Default: true. Without, there is no collection at all. */
  readonly isIndexed?: boolean;
  readonly args?: readonly string[];
}

export async function servePage({
  copies = 0,
  isIndexed = true,
  args = [],
}: ServedOptions = {}): Promise<ServedPage> {
  built();
  const base = await mkdtemp(join(tmpdir(), 'tuwen-page-'));
  const pictures = join(base, '照片');
  await copyPictures(pictures, copies);
  const env = { TUWEN_HOME: join(base, 'home') };
  const model = ['--model', 'mini', '--threads', '1'];
  if (isIndexed) run('node', [PROGRAM, 'index', pictures, ...model], { cwd: base, env });
  const more = ['--port', '0', '--json', '--log-level', 'error', ...args];
  const words = ['node', PROGRAM, 'serve', ...model, ...more];
  const serving = await startServing(words.map((word) => `'${word}'`).join(' '), { cwd: base, env });
  return {
    address: serving.address,
    pictures,
    async stop() {
      await serving.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function copyPictures(to: string, copies: number): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(SHIPPED)) {
    if (!name.endsWith('.png')) continue;
    const file = join(to, name);
    await copyFile(join(SHIPPED, name), file);
    for (let i = 1; i <= copies; i += 1) await link(file, join(to, name.replace('.png', ` ${i}.png`)));
  }
}
