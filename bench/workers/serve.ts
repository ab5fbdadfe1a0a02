/** The loop of a measured process: a request a line, an answer a line. */
import { createInterface } from 'node:readline';
import type { Answer, Notice, Request } from '../protocol.ts';

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

export function tell(notice: Notice['notice']): void {
  say({ notice } satisfies Notice);
}

/** Answers until standard input ends. */
export async function serve(answer: (request: Request) => Promise<Answer<Request>>): Promise<void> {
  tell('ready');
  for await (const line of createInterface({ input: process.stdin })) say(await answer(JSON.parse(line)));
}

const warm = new Set<string>();

/** The mean time of one call over as many as fill `seconds`; the first of its kind is made twice and counted once. */
export async function timed(
  key: string,
  seconds: number,
  call: () => Promise<unknown>,
): Promise<{ seconds: number }> {
  if (!warm.has(key)) await call();
  warm.add(key);
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    await call();
    calls += 1;
    elapsed = (performance.now() - start) / 1000;
  } while (elapsed < seconds);
  return { seconds: elapsed / calls };
}
