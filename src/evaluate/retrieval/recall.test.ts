import { expect, test } from 'vitest';
import { compared } from './compare.ts';
import { grouped } from './groups.ts';
import type { DirectionResult } from './measure.ts';
import { chanceOf, rankOf, recallOf } from './recall.ts';

test('the first right answer counts', () => {
  expect(rankOf([3, 9], [7, 9, 3])).toBe(2);
  expect(rankOf([3], [7, 9])).toBe(Number.POSITIVE_INFINITY);
  expect(rankOf([], [7, 9])).toBe(Number.POSITIVE_INFINITY);
});

test('recall at 1, 5 and 10 in percent, and its mean', () => {
  expect(recallOf([1, 3, 5, 6, 11, Number.POSITIVE_INFINITY, 2, 10])).toEqual({
    r1: 12.5,
    r5: 50,
    r10: 75,
    mr: ((0.125 + 0.5 + 0.75) / 3) * 100,
  });
});

test('chance is what drawing without looking finds', () => {
  const answer = (right: number) => ({ query: right, answers: Array.from({ length: right }, (_, i) => i) });
  expect(chanceOf([answer(1)], 1000).r10).toBeCloseTo(1, 10);
  // Two right ones among four: one draw finds one with 1/2; three draws always do, so five and ten too.
  expect(chanceOf([answer(2)], 4)).toMatchObject({ r1: 50, r5: 100, r10: 100 });
  // C(95, 5) / C(100, 5) of five draws find none of five right ones among a hundred.
  expect(chanceOf([answer(5)], 100).r5).toBeCloseTo(100 * (1 - 57_940_519 / 75_287_520), 6);
  expect(chanceOf([answer(0)], 10).r10).toBe(0);
});

/** Three texts, two pictures; `ranks` are those of the queries. */
function result(direction: 't2i' | 'i2t', ranks: readonly number[]): DirectionResult {
  const answers =
    direction === 't2i'
      ? [
          { query: 1, answers: [10] },
          { query: 2, answers: [10] },
          { query: 3, answers: [20] },
        ]
      : [
          { query: 10, answers: [1, 2] },
          { query: 20, answers: [3] },
        ];
  const recall = recallOf(ranks);
  return {
    direction,
    queries: ranks.length,
    candidates: 9,
    recall,
    chance: recall,
    ranks,
    answers,
    predictions: new Map(),
  };
}

const texts = [
  { id: 1, text: '', imageIds: [], path: '', fields: { 地区: '南' } },
  { id: 2, text: '', imageIds: [], path: '', fields: { 地区: '北' } },
  { id: 3, text: '', imageIds: [], path: '' },
];

test('groups have figures of their own, and a gap without those who have no value', () => {
  const { groups, gaps } = grouped(result('t2i', [1, 7, 1]), texts, '地区');
  expect(groups.map(({ value, queries, recall }) => [value, queries, recall.r1, recall.r10])).toEqual([
    ['—', 1, 100, 100],
    ['北', 1, 0, 100],
    ['南', 1, 100, 100],
  ]);
  expect(gaps).toMatchObject({ r1: 100, r5: 100, r10: 0 });
});

test('a picture belongs to the group of its texts where they agree', () => {
  const values = grouped(result('i2t', [1, 1]), texts, '地区').groups.map(({ value }) => value);
  expect(values).toEqual(['—']);
  const agreeing = texts.map((text) => ({ ...text, fields: { 地区: '南' } }));
  expect(grouped(result('i2t', [1, 1]), agreeing, '地区').groups[0]).toMatchObject({
    value: '南',
    queries: 2,
  });
});

test('a comparison is of the same queries, in percentage points', () => {
  const { r1, r5, mr } = compared(result('t2i', [1, 7, 2]), result('t2i', [1, 1, 1]));
  expect(r1.value).toBeCloseTo(200 / 3, 9);
  expect(r5.value).toBeCloseTo(100 / 3, 9);
  expect(mr.value).toBeCloseTo((200 / 3 + 100 / 3 + 0) / 3, 9);
});
