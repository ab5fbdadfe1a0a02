/** `tuwen serve`, as a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { STATUS } from '../src/server/http/status.ts';
import { type Ended, ended, start, tuwen } from './support/command-line.ts';
import { readPage } from './support/markdown.ts';
import { ROOT } from './support/package.ts';

const MODEL = join(ROOT, 'test/fixtures/tiny-hf');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
  readonly end: Promise<Ended>;
}

/** Starts a server and waits for its model. */
async function serving(...args: string[]): Promise<Started> {
  const child = start(['serve', '--model', MODEL, '--threads', '1', '--port', '0', '--json', ...args]);
  children.push(child);
  const line = once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>;
  const end = ended(child);
  const { address } = JSON.parse((await line)[0]) as { address: string };
  while (!(await fetch(`${address}/health`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
  return { child, address, end };
}

const embed = (address: string, input: unknown, headers = {}) =>
  fetch(`${address}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ input }),
  });

test('serves, logs a line of JSON for each request, and ends with 0 when it is told to', async () => {
  const { child, address, end } = await serving();
  expect((await embed(address, '一只猫')).status).toBe(200);
  child.kill('SIGTERM');
  const { code, out, err } = await end;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ address });
  const events = err.split('\n').filter((line) => line.startsWith('{'));
  const requests = events.map((line) => JSON.parse(line)).filter(({ event }) => event === 'request');
  expect(requests.at(-1)).toMatchObject({
    method: 'POST',
    path: '/v1/embeddings',
    status: 200,
    level: 'info',
  });
  expect(err).not.toContain('一只猫');
});

test('told to end under load, it answers what it has accepted', async () => {
  const { child, address, end } = await serving('--log-level', 'error');
  // More than the model can do at once, so that much of it waits when the signal comes.
  const texts = Array.from({ length: 400 }, (_, i) => `第${i}张图片`);
  const accepted = Array.from({ length: 20 }, () =>
    embed(address, texts).then(async (response) => {
      const { data } = (await response.json()) as { data: unknown[] };
      return [response.status, data.length];
    }),
  );
  // All have arrived, and not all are answered.
  let [arrived, open] = [0, 0];
  while (arrived < 20) {
    const metrics = await (await fetch(`${address}/metrics`)).text();
    const count = (sample: RegExp) => Number(sample.exec(metrics)?.[1] ?? 0);
    open = count(/^tuwen_http_requests_open (\d+)$/m) - 1;
    arrived = open + count(/^tuwen_http_requests_total\{route="\/v1\/embeddings".* (\d+)$/m);
  }
  expect(open).toBeGreaterThan(0);
  child.kill('SIGINT');
  expect(await Promise.all(accepted)).toEqual(Array(20).fill([200, 400]));
  const { code, err } = await end;
  expect(code).toBe(0);
  expect(err).not.toMatch(/^\{/m);
});

test('a second signal ends it at once', async () => {
  const { child, address, end } = await serving();
  const texts = Array.from({ length: 2000 }, (_, i) => `${i}${'长'.repeat(50)}`);
  const lost = Promise.all(
    Array.from({ length: 4 }, () =>
      embed(address, texts).then(
        () => 'answered',
        () => 'lost',
      ),
    ),
  );
  for (;;) {
    const metrics = await (await fetch(`${address}/metrics`)).text();
    if (metrics.includes('tuwen_items_open{kind="text"} 8000')) break;
  }
  child.kill('SIGTERM');
  for await (const [chunk] of on(child.stderr!, 'data')) if (String(chunk).includes('Stopping')) break;
  child.kill('SIGTERM');
  await end;
  expect(child.signalCode).toBe('SIGTERM');
  expect(await lost).toContain('lost');
});

test('wants its key where it has one', async () => {
  const { address } = await serving('--api-key', 'k1');
  expect((await embed(address, 'x')).status).toBe(401);
  expect((await embed(address, 'x', { authorization: 'Bearer k2' })).status).toBe(401);
  expect((await embed(address, 'x', { authorization: 'Bearer k1' })).status).toBe(200);
  expect((await fetch(`${address}/metrics`)).status).toBe(401);
  expect((await fetch(`${address}/health`)).status).toBe(200);
});

test('says what keeps it from starting', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const { port } = busy.address() as { port: number };
  const taken = await tuwen(['serve', '--model', MODEL, '--port', String(port)]);
  busy.close();
  expect(taken.code).toBe(1);
  expect(taken.err).toContain('TUWEN_ADDRESS_UNAVAILABLE');
  const unnamed = await tuwen(['serve', '--port', '0']);
  expect(unnamed.code).toBe(2);
  expect(unnamed.err).toContain('TUWEN_MODEL_NOT_CHOSEN');
  const missing = await tuwen(['serve', '--port', '0', '--model', 'no-such-folder']);
  expect(missing.code).toBe(1);
  expect(missing.err).toContain('TUWEN_MODEL_UNKNOWN');
});

test('docs/server.md has the status of every code', () => {
  const rows = [...readPage('docs/server.md').matchAll(/^\| (\d{3}) +\| (.*) \|$/gm)];
  const listed = rows.flatMap(([, status, codes]) =>
    [...codes!.matchAll(/`(TUWEN_\w+)`/g)].map(([, code]) => [code, Number(status)]),
  );
  expect(Object.fromEntries(listed)).toEqual(STATUS);
});
