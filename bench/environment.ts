/** The Python environment of the peers, and the compiled workers of ours. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPath, pythonPath, ROOT } from './paths.ts';
import { run } from './process.ts';

const VENV = buildPath('venv');
const PYTHON =
  process.platform === 'win32' ? join(VENV, 'Scripts', 'python.exe') : join(VENV, 'bin', 'python');
const INSTALLED = join(VENV, 'installed.txt');

/**
 * The interpreter of an environment with the packages of `bench/python/requirements*.txt`, made when it is missing or
 * the lists have changed. Needs `python3` (3.10 or newer) with `venv`, and some minutes the first time.
 */
export async function python(): Promise<string> {
  const lists = [pythonPath('requirements.txt'), pythonPath('requirements-alone.txt')] as const;
  const wanted = (await Promise.all(lists.map((list) => readFile(list, 'utf8')))).join('\n');
  if (existsSync(INSTALLED) && (await readFile(INSTALLED, 'utf8')) === wanted) return PYTHON;
  console.error(`Making a Python environment in ${VENV}`);
  await run('python3', ['-m', 'venv', VENV]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(PYTHON, [...pip, '-r', lists[0]]);
  await run(PYTHON, [...pip, '--no-deps', '-r', lists[1]]);
  await writeFile(INSTALLED, wanted);
  return PYTHON;
}

/** Compiles what runs in measured processes, so that no loader is measured; returns the path of a worker. */
export async function compiledWorkers(): Promise<(name: string) => string> {
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'bench')]);
  return (name) => buildPath('js', 'bench', 'workers', `${name}.js`);
}

const SEARCH_VENV = buildPath('venv-search');

/** The interpreter of an environment with faiss. */
export async function searchEnvironment(): Promise<string> {
  const python = join(SEARCH_VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(python)) return python;
  await run('python3', ['-m', 'venv', SEARCH_VENV]);
  await run(python, ['-m', 'pip', 'install', '--quiet', 'faiss-cpu==1.15.1', 'numpy']);
  return python;
}
