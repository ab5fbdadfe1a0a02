/** The program itself, from its sources. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './package.ts';

const MAIN = join(ROOT, 'src/cli/main.ts');
/** No default model lies there. */
const NO_HOME = join(ROOT, 'build/no-home');
const LOADER = join(ROOT, 'test/support/typescript.mjs');

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the program reads on standard input; left out, that is closed. */
  readonly input?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `tuwen` with an environment in which no model is chosen and messages are English. */
export function start(args: readonly string[], { cwd = ROOT, env = {}, input }: Options = {}): ChildProcess {
  const { TUWEN_MODEL: _, LC_ALL: __, ...rest } = process.env;
  const child = spawn(process.execPath, ['--import', LOADER, MAIN, ...args], {
    cwd,
    env: { ...rest, LC_ALL: 'C.UTF-8', TUWEN_HOME: NO_HOME, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  return child;
}

/** What a started program printed, and how it ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** Runs `tuwen`. */
export function tuwen(args: readonly string[], options?: Options): Promise<Ended> {
  return ended(start(args, options));
}
