import { expect, test } from 'vitest';
import { embeddings } from '../embeddings.ts';
import { distance, rankingAgreement } from './agreement.ts';

test('the distance is that of the worst vector', () => {
  const expected = embeddings(Float32Array.of(1, 0, 0, 1), 2);
  const got = embeddings(Float32Array.of(1, 0, 0.6, 0.8), 2);
  const { largestDifference, lowestCosine } = distance(expected, got);
  expect(largestDifference).toBeCloseTo(0.6, 6);
  expect(lowestCosine).toBeCloseTo(0.8, 6);
});

test('equal scores rank alike; a scale and an offset change nothing', () => {
  const scores = [3, 1, 2, 9, 8, 7];
  const moved = scores.map((score) => 2 * score + 5);
  expect(rankingAgreement(scores, moved, 2, 3)).toEqual({ first: 1, order: 1 });
});

test('one swap counts in its row, and where it changes the best of a column', () => {
  // Rows 3 1 2 and 9 8 7; in the second table the best two of the first row are swapped.
  const expected = [3, 1, 2, 9, 8, 7];
  const swapped = [2, 1, 3, 9, 8, 7];
  // Of five rankings (two rows, three columns) the first row begins otherwise; of 2·3 + 3·1 pairs one is turned.
  expect(rankingAgreement(expected, swapped, 2, 3)).toEqual({ first: 4 / 5, order: 8 / 9 });
});

test('one picture and one text have nothing to disagree on', () => {
  expect(rankingAgreement([1], [2], 1, 1)).toEqual({ first: 1, order: 1 });
});
