import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

const never = new AbortController().signal;

/** A runner whose batches end when the test says so. */
function byHand() {
  const begun: number[][] = [];
  const endings: (() => void)[] = [];
  const run = (items: readonly number[]) => {
    begun.push([...items]);
    return new Promise<number[]>((resolve) => endings.push(() => resolve(items.map((item) => item * 10))));
  };
  return { begun, run, end: () => endings.shift()!() };
}

test('what comes at the same time goes together, and each caller gets its own result', async () => {
  const sizes: number[] = [];
  const run = async (items: readonly number[]) => {
    sizes.push(items.length);
    return items.map((item) => item * 10);
  };
  const batcher = createBatcher({ size: 4, wait: 5, run });
  const results = await Promise.all([1, 2, 3, 4, 5, 6].map((item) => batcher.add(item, never)));
  expect(results).toEqual([10, 20, 30, 40, 50, 60]);
  expect(sizes).toEqual([4, 2]);
});

test('a full batch does not wait, a lone item waits no longer than told', async () => {
  const { begun, run } = byHand();
  const full = createBatcher({ size: 2, wait: 1e9, run });
  void full.add(1, never);
  expect(begun).toEqual([]);
  void full.add(2, never);
  expect(begun).toEqual([[1, 2]]);
  const lone = byHand();
  void createBatcher({ size: 2, wait: 1, run: lone.run }).add(7, never);
  while (lone.begun.length === 0) await pause(1);
  expect(lone.begun).toEqual([[7]]);
});

test('what comes while a batch runs makes the next one, at once when that ends', async () => {
  const { begun, run, end } = byHand();
  const batcher = createBatcher({ size: 3, wait: 0, run });
  const first = batcher.add(1, never);
  while (begun.length === 0) await pause(1);
  const later = [2, 3, 4, 5].map((item) => batcher.add(item, never));
  expect(batcher.waiting).toBe(4);
  end();
  await first;
  await pause(0);
  expect(begun).toEqual([[1], [2, 3, 4]]);
  end();
  await pause(0);
  end();
  expect(await Promise.all(later)).toEqual([20, 30, 40, 50]);
});

test('an item whose caller gives up never runs; one under way is given up without disturbing the others', async () => {
  const { begun, run, end } = byHand();
  const batcher = createBatcher({ size: 2, wait: 0, run });
  const caller = new AbortController();
  const running = [batcher.add(1, never), batcher.add(2, caller.signal)];
  const waiting = [batcher.add(3, caller.signal), batcher.add(4, never)];
  caller.abort();
  await expect(running[1]).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  await expect(waiting[0]).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  await expect(batcher.add(5, caller.signal)).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  end();
  expect(await running[0]).toBe(10);
  await pause(0);
  end();
  expect(await waiting[1]).toBe(40);
  expect(begun).toEqual([[1, 2], [4]]);
});

test('a batch that fails fails its own items only', async () => {
  let count = 0;
  const run = async (items: readonly number[]) => {
    count += 1;
    if (count === 1) throw new Error('out of memory');
    return items;
  };
  const batcher = createBatcher({ size: 2, wait: 0, run });
  const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item, never)));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
