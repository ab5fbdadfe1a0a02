import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock } from './lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that takes the lock, says so, and waits to be ended. */
async function holder() {
  const script = `const { acquireLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    await acquireLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const loader = new URL('../../test/support/typescript.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script]);
  await once(child.stdout, 'data');
  return child;
}

describe('a lock', () => {
  test('is held by one, and free when released', async () => {
    const lock = await acquireLock(path);
    await expect(acquireLock(path)).rejects.toMatchObject({
      code: 'TUWEN_LOCKED',
      value: { path, pid: process.pid },
    });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await acquireLock(path)).release();
  });

  test('is waited for', async () => {
    const lock = await acquireLock(path);
    const second = acquireLock(path, { waitEvery: 5 });
    const early = await Promise.race([
      second.then(() => 'taken'),
      new Promise((done) => setTimeout(done, 50, 'waits')),
    ]);
    expect(early).toBe('waits');
    await lock.release();
    await (await second).release();
  });

  test('is no longer waited for when called off', async () => {
    await using _lock = await acquireLock(path);
    const controller = new AbortController();
    const second = acquireLock(path, { waitEvery: 1000, signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  });

  test('of another process is respected while it runs, and taken over when it was killed', async () => {
    const child = await holder();
    await expect(acquireLock(path)).rejects.toMatchObject({
      code: 'TUWEN_LOCKED',
      value: { pid: child.pid },
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await acquireLock(path)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'of a process whose number was given away is taken over',
    async () => {
      await writeFile(path, `${process.pid} 1\n`);
      await (await acquireLock(path)).release();
    },
  );

  test.each(['', 'nonsense', '0'])('that holds %j belongs to no one', async (content) => {
    await writeFile(path, content);
    await (await acquireLock(path)).release();
  });

  test('left behind is taken over by one only, of many that try at once', async () => {
    await writeFile(path, '999999999 1\n');
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('in a folder that is not there is an error', async () => {
    await expect(acquireLock(join(folder, 'none/lock'))).rejects.toMatchObject({
      code: 'TUWEN_FILE_UNWRITABLE',
    });
  });
});
