import { expect, test } from 'vitest';
import { parseQuery, weightedParts } from './query.ts';

test.each([
  ['狗', [{ text: '狗' }], []],
  ['狗 +雪地 -室内', [{ text: '狗' }, { text: '雪地' }], [{ text: '室内' }]],
  ['一只狗 ＋ 雪地', [{ text: '一只狗 ＋ 雪地' }], []],
  [
    '一只 白色的狗　＋雪地　－室内 灯光',
    [{ text: '一只 白色的狗' }, { text: '雪地' }],
    [{ text: '室内 灯光' }],
  ],
  ['+雪地', [{ text: '雪地' }], []],
  [
    '2*狗 +0.5*雪地 -3×猫',
    [
      { text: '狗', weight: 2 },
      { text: '雪地', weight: 0.5 },
    ],
    [{ text: '猫', weight: 3 }],
  ],
  ['C++ 书 A-4', [{ text: 'C++ 书 A-4' }], []],
  ['"狗 -猫" -"+1"', [{ text: '狗 -猫' }], [{ text: '+1' }]],
  ['3*', [{ text: '3*' }], []],
  ['  ', [], []],
  ['狗 -', [{ text: '狗 -' }], []],
])('%s', (text, plus, minus) => {
  expect(parseQuery(text)).toEqual({ plus, minus });
});

test('all parts of a query count, those of minus below zero', () => {
  const query = {
    text: 'a',
    id: 'b',
    plus: ['c', { text: 'd', weight: 2 }],
    minus: ['e', { id: 'f', weight: 0.5 }],
  };
  expect(weightedParts(query)).toEqual([
    { part: { text: 'a' }, weight: 1 },
    { part: { id: 'b' }, weight: 1 },
    { part: { text: 'c' }, weight: 1 },
    { part: { text: 'd', weight: 2 }, weight: 2 },
    { part: { text: 'e' }, weight: -1 },
    { part: { id: 'f', weight: 0.5 }, weight: -0.5 },
  ]);
});
