import { expect, test } from 'vitest';
import { pairedDifference } from './bootstrap.ts';

const hits = (count: number, of: number) => Array.from({ length: of }, (_, i) => (i < count ? 1 : 0));

test('the interval is as wide as the normal approximation says', () => {
  // b − a is 1 for 300 of 1,000 queries and 0 for the others: its standard error is √(0.3 · 0.7 / 1000).
  const { value, low, high } = pairedDifference(hits(0, 1000), hits(300, 1000));
  const error = Math.sqrt((0.3 * 0.7) / 1000);
  expect(value).toBeCloseTo(0.3, 12);
  expect(low).toBeGreaterThan(0.3 - 2.3 * error);
  expect(low).toBeLessThan(0.3 - 1.6 * error);
  expect(high).toBeGreaterThan(0.3 + 1.6 * error);
  expect(high).toBeLessThan(0.3 + 2.3 * error);
});

test('pairs count, not the spread of either model', () => {
  const a = hits(500, 1000);
  expect(pairedDifference(a, a)).toEqual({ value: 0, low: 0, high: 0 });
});

test('the same values give the same interval', () => {
  const [a, b] = [hits(40, 100), hits(55, 100).reverse()];
  expect(pairedDifference(a, b)).toEqual(pairedDifference(a, b));
});
