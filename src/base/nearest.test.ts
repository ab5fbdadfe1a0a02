import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['batch-sise', 'batch-size'],
  ['lrr', 'lr'],
  ['warm-up', 'warmup'],
  ['zzzzzzzz', undefined],
])('%s is near %s', (word, expected) => {
  expect(nearest(word, ['lr', 'wd', 'warmup', 'batch-size', 'max-epochs'])).toBe(expected);
});
