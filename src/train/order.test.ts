import { describe, expect, test } from 'vitest';
import { epochOrder as shuffled } from '../data/index.ts';
import { batchOf, keptApart } from './order.ts';

const epochOrder = (pairs: number, seed: number, epoch: number) =>
  shuffled({ pairs, batchSize: 1, seed, epoch });

const sorted = (order: Iterable<number>) => [...order].sort((a, b) => a - b);
const every = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('the order of an epoch', () => {
  test('is cut into full batches, the last one filled from the beginning', () => {
    const order = epochOrder(10, 1, 0);
    expect([0, 1, 2].flatMap((step) => batchOf(order, step, 4))).toEqual([...order, order[0], order[1]]);
    expect(batchOf(order, 0, 25)).toHaveLength(25);
  });
});

describe('keeping equal keys apart', () => {
  test('leaves no batch with a key twice, but for the last few', () => {
    const order = epochOrder(960, 3, 0);
    const key = (pair: number) => `${pair % 60}`; // 60 keys, 16 times each
    const apart = keptApart(order, key, 32);
    expect(sorted(apart)).toEqual(every(960));
    for (let start = 0; start < 960 - 3 * 32; start += 32) {
      const keys = [...apart.subarray(start, start + 32)].map(key);
      expect(new Set(keys).size, `batch at ${start}`).toBe(32);
    }
  });

  test('changes nothing where all keys differ, and loses nothing where they cannot be kept apart', () => {
    const order = epochOrder(100, 3, 0);
    expect(keptApart(order, String, 10)).toEqual(order);
    expect(sorted(keptApart(order, () => 'same', 10))).toEqual(every(100));
  });
});
