/** Training runs that are killed, and that find the disk full. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, tensorsOf } from './support/training-run.ts';

const here = (name: string) => fileURLToPath(new URL(`support/${name}`, import.meta.url));
const ARGUMENTS = ['--import', here('typescript.mjs'), here('train-child.ts')];

let logs: string;
beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), 'tuwen-faults-'));
});
afterAll(() => rm(logs, { recursive: true }));

const settings = (name: string) => ({
  logs,
  name,
  'max-steps': 5,
  'save-step-frequency': 1,
  'use-augment': true,
});

/** What a process wrote, and how it ended. */
async function ended(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { output, code, signal };
}

test('killed at a step, a run goes on to the same end as one that was not', async () => {
  const whole = await run(settings('whole'));
  const args = [...ARGUMENTS, JSON.stringify(settings('killed'))];
  expect((await ended(process.execPath, [...args, '2'])).signal).toBe('SIGKILL');
  const rest = await run(settings('killed'));
  expect(rest.made).toBe(3);
  expect(await tensorsOf(rest.checkpoint)).toEqual(await tensorsOf(whole.checkpoint));
}, 120_000);

test('on a full disk a run says so, keeps the checkpoint it had, and goes on when there is room', async () => {
  const first = await run({ ...settings('full'), 'max-steps': 2 });
  const before = await tensorsOf(first.checkpoint);
  const command = `ulimit -f 2000; exec ${[process.execPath, ...ARGUMENTS, JSON.stringify(settings('full'))].map((part) => `'${part}'`).join(' ')}`;
  const { output, code } = await ended('sh', ['-c', command]);
  expect([code, output]).toEqual([1, expect.stringContaining('TUWEN_FILE_UNWRITABLE')]);
  expect(await tensorsOf(first.checkpoint)).toEqual(before);
  const left = await readdir(join(first.folder, 'checkpoints'));
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect((await run(settings('full'))).made).toBe(3);
}, 120_000);
