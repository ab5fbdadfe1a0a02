import { expect, test } from 'vitest';
import { createLimiter } from './limiter.ts';

const never = new AbortController().signal;

test('never more than so many at a time, all of them in the end, failures too', async () => {
  const limiter = createLimiter(2);
  let [running, most, done] = [0, 0, 0];
  const job = (i: number) => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    done += 1;
    if (i % 3 === 0) throw new Error(String(i));
    return i;
  };
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => limiter(job(i), never)));
  expect({ most, done }).toEqual({ most: 2, done: 9 });
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});

test('a job that is called off while it waits never begins, and leaves its place to the next', async () => {
  const limiter = createLimiter(1);
  const caller = new AbortController();
  const order: string[] = [];
  let release = () => {};
  const first = limiter(() => new Promise<void>((resolve) => (release = resolve)), never);
  const second = limiter(async () => order.push('second'), caller.signal);
  const third = limiter(async () => order.push('third'), never);
  caller.abort();
  await expect(second).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  await expect(limiter(async () => order.push('late'), caller.signal)).rejects.toMatchObject({
    code: 'TUWEN_CANCELLED',
  });
  release();
  await Promise.all([first, third]);
  expect(order).toEqual(['third']);
});
