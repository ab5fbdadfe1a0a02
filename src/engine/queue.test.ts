import { expect, test } from 'vitest';
import { createQueue } from './queue.ts';

/** A job that ends when told to, and notes its beginning. */
function controlled(begun: string[], name: string) {
  let finish!: (error?: Error) => void;
  const end = new Promise<string>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve(name));
  });
  const job = () => {
    begun.push(name);
    return end;
  };
  return { finish, job };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

test('jobs run one at a time, in the order asked, also after one that failed', async () => {
  const begun: string[] = [];
  const [a, b, c] = [controlled(begun, 'a'), controlled(begun, 'b'), controlled(begun, 'c')] as const;
  const inTurn = createQueue();
  const results = [inTurn(a.job), inTurn(b.job), inTurn(c.job)] as const;
  await turns();
  expect(begun).toEqual(['a']);
  c.finish();
  a.finish(new Error('wrong'));
  await expect(results[0]).rejects.toThrow('wrong');
  await turns();
  expect(begun).toEqual(['a', 'b']);
  b.finish();
  expect(await results[1]).toBe('b');
  expect(await results[2]).toBe('c');
});

test('a job called off while it waits is given up at once and never begins', async () => {
  const begun: string[] = [];
  const first = controlled(begun, 'first');
  const inTurn = createQueue();
  const abort = new AbortController();
  const reason = new Error('enough');
  const going = inTurn(first.job);
  const waiting = inTurn(controlled(begun, 'second').job, abort.signal);
  await turns();
  abort.abort(reason);
  await expect(waiting).rejects.toMatchObject({ code: 'TUWEN_CANCELLED', cause: reason });
  first.finish();
  expect(await going).toBe('first');
  await turns();
  expect(begun).toEqual(['first']);
});

test('a job called off beforehand never begins; one that has begun is finished', async () => {
  const begun: string[] = [];
  const job = controlled(begun, 'job');
  const inTurn = createQueue();
  await expect(inTurn(job.job, AbortSignal.abort())).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  expect(begun).toEqual([]);
  const abort = new AbortController();
  const going = inTurn(job.job, abort.signal);
  await turns();
  abort.abort();
  job.finish();
  expect(await going).toBe('job');
});
