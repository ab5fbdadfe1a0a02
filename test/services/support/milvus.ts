/** A real Milvus server on this machine: Milvus Lite, from PyPI, in a Python environment under `build/services`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '../../support/package.ts';

const ENVIRONMENT = join(ROOT, 'build/services/milvus');
const PACKAGES = ['milvus-lite==3.2.2', 'pymilvus==3.0.2'];
const PATIENCE = 60_000;

export interface RunningServer {
  readonly address: string;
  stop(): Promise<void>;
}

export async function startMilvusLite(): Promise<RunningServer> {
  const program = join(ENVIRONMENT, 'bin/milvus-lite');
  if (!existsSync(program)) install();
  const data = await mkdtemp(join(tmpdir(), 'tuwen-milvus-'));
  const port = await freePort();
  const args = ['server', '--data-dir', data, '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  await untilListening(child, port, () => said);
  return {
    address: `milvus://127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
      await rm(data, { recursive: true, force: true });
    },
  };
}

function install(): void {
  mkdirSync(ENVIRONMENT, { recursive: true });
  execFileSync('python3', ['-m', 'venv', ENVIRONMENT], { stdio: 'inherit' });
  execFileSync(join(ENVIRONMENT, 'bin/pip'), ['install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(child: ChildProcess, port: number, said: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) break;
    const socket = connect(port, '127.0.0.1');
    const listens = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      pause(1000, false),
    ]);
    socket.destroy();
    if (listens) return;
    await pause(200);
  }
  child.kill('SIGKILL');
  throw new Error(`Milvus did not start: ${said()}`);
}
