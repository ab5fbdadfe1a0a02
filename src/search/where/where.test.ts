import { expect, test } from 'vitest';
import { TuwenError } from '../../base/index.ts';
import type { Item } from '../types.ts';
import { matches, parseWhere } from './index.ts';

const ITEM: Item = {
  id: '0'.repeat(32),
  path: '/home/me/照片/2024/旅行/IMG_0001.JPG',
  folder: '/home/me/照片/2024/旅行',
  size: 2_500_000,
  modified: new Date(2024, 4, 2, 8, 30).toISOString(),
  width: 4000,
  height: 3000,
  taken: '2024-05-01T23:59:59',
  hash: 'a'.repeat(64),
  fields: { rating: 4, title: "It's 雪山 \\o/", print: true },
};

test.each([
  ['folder = 旅行', true],
  ['folder = 2024/旅行', true],
  ['folder = 照片', true],
  ['folder = 照', false],
  ['folder = 行', false],
  ['folder = /home/me', true],
  ['folder = /home/m', false],
  ['folder = /me/照片', false],
  ['folder != 旅行', false],
  ["folder = './旅行/'", true],
  ['name = IMG_0001.JPG', true],
  ['name ~ img', true],
  ['name ~ 旅行', false],
  ['path ~ 旅行', true],
  ['size > 2MB', true],
  ['size < 2.5MB', false],
  ['size <= 2500kB', true],
  ['size > 2MiB and width >= 4000 and height < 3001', true],
  ['width = 4000 or width = 1', true],
  ['width = 1 or width = 2', false],
  ['not width = 1', true],
  ['not (width = 4000 and height = 3000)', false],
  ['width = 1 and width = 2 or height = 3000', true],
  ['width = 1 and (width = 2 or height = 3000)', false],
  ['taken = 2024', true],
  ['taken = 2024-05', true],
  ['taken = 2024-05-01', true],
  ['taken = 2024-05-02', false],
  ['taken > 2024-05-01', false],
  ['taken <= 2024-05-01', true],
  ['taken < 2024-05-01', false],
  ['taken > 2024-04', true],
  ['taken >= 2024-05-01T23:59', true],
  ['taken > 2024-05-01T23:59:58', true],
  ['taken != 2024-05', false],
  ['modified = 2024-05-02T08:30', true],
  ['modified > 2024-05-02', false],
  ['fields.rating >= 4', true],
  ['fields.rating = "4"', false],
  ['fields.rating ~ 4', false],
  ['fields.print = true', true],
  ['fields.print != true', false],
  ['fields.missing != 3', false],
  ['not fields.missing = 3', true],
  [`fields.title = "It's 雪山 \\\\o/"`, true],
  [`fields.title ~ 'it\\'s 雪'`, true],
  ['NOT width = 1 AND Width = 1', undefined],
] as const)('%s', (text, expected) => {
  if (expected === undefined) expect(() => parseWhere(text)).toThrow(TuwenError);
  else expect(matches(parseWhere(text), ITEM)).toBe(expected);
});

test('a comparison with what a picture lacks is false', () => {
  const { taken: _, fields: __, ...bare } = ITEM;
  for (const text of ['taken = 2024', 'taken != 2024', 'fields.rating = 4', 'fields.rating != 4'])
    expect(matches(parseWhere(text), bare)).toBe(false);
});

test.each([
  ['', 0, 'field'],
  ['colour = red', 0, 'field'],
  ['constructor = 1', 0, 'field'],
  ['fields. = 1', 0, 'field'],
  ["'width' = 1", 0, 'field'],
  ['width ~ 3', 6, ['=', '!=', '<=', '>=', '<', '>']],
  ['folder < a', 7, ['=', '!=']],
  ['width', 5, ['=', '!=', '<=', '>=', '<', '>']],
  ['width =', 7, 'value'],
  ['width = )', 8, 'value'],
  ['width = wide', 8, 'number'],
  ['size > 3 MB', 9, 'and-or'],
  ['size > 3XB', 7, 'number'],
  ['taken = 2024-13', 8, 'time'],
  ['taken = 2023-02-29', 8, 'time'],
  ['taken = yesterday', 8, 'time'],
  ['width = 1 height = 2', 10, 'and-or'],
  ['(width = 1', 10, 'close'],
  ['width = 1)', 9, 'and-or'],
  ["name = 'a", 7, 'quote'],
  ['width = 1 !', 10, ['=', '!=']],
  ['width = 1 and', 13, 'field'],
  [`${'('.repeat(40)}width = 1${')'.repeat(40)}`, 33, 'shorter'],
  [`${'not '.repeat(40)}width = 1`, 132, 'shorter'],
])('%s is refused at its place', (where, at, expected) => {
  expect(() => parseWhere(where)).toThrow(
    expect.objectContaining({ code: 'TUWEN_WHERE_INVALID', value: { where, at, expected } }),
  );
});

test('the message marks the place in either language', () => {
  const error = new TuwenError('TUWEN_WHERE_INVALID', { where: 'size > big', at: 7, expected: 'number' });
  expect(error.text('en').message).toBe(
    'filter, character 8: expected a number such as 800 or 2MB: size > ▸big',
  );
  expect(error.text('zh').message).toContain('size > ▸big');
});

test('a filter that is far too long is refused before it is read', () => {
  expect(() => parseWhere(`name = ${'a'.repeat(5000)}`)).toThrow(
    expect.objectContaining({ code: 'TUWEN_WHERE_INVALID' }),
  );
});
