import { afterEach, expect, test, vi } from 'vitest';
import { barTable, percent } from './table.ts';
import { bar, cells, padEnd, padStart, shortened, styleFor, wrap } from './terminal.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('Chinese characters take two cells, marks and colours none', () => {
  const table: [string, number][] = [
    ['', 0],
    ['abc', 3],
    ['图文', 4],
    ['，。！（）', 10],
    ['“a”', 3],
    ['ひらがなカナ', 12],
    ['🐱', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['\x1b[32m猫\x1b[39m', 2],
    ['█▏', 2],
  ];
  for (const [text, width] of table) expect(cells(text), text).toBe(width);
});

test('padding and cutting count cells', () => {
  expect(padEnd('猫', 4)).toBe('猫  ');
  expect(padStart('猫', 4)).toBe('  猫');
  expect(padEnd('小提琴', 2)).toBe('小提琴');
  expect(shortened('小提琴', 6)).toBe('小提琴');
  expect(shortened('小提琴', 5)).toBe('小提…');
  expect(shortened('小提琴', 4)).toBe('小…');
});

test('bars are as long as their share, to an eighth of a cell', () => {
  expect(bar(0, 4)).toBe('    ');
  expect(bar(1, 4)).toBe('████');
  expect(bar(0.5, 4)).toBe('██  ');
  expect(bar(1 / 32, 4)).toBe('▏   ');
  expect(bar(31 / 32, 4)).toBe('███▉');
  expect([bar(-1, 2), bar(7, 2), bar(Number.NaN, 2)]).toEqual(['  ', '██', '  ']);
});

test('lines break between words and around Chinese characters, not before punctuation', () => {
  expect(wrap('one two three', 8)).toBe('one two\nthree');
  expect(wrap('一张图片与几段文字', 8)).toBe('一张图片\n与几段文\n字');
  expect(wrap('一张图片，与文字', 8)).toBe('一张图\n片，与文\n字');
  expect(wrap('a\n\nb', 8)).toBe('a\n\nb');
  expect(wrap('用 tuwen match 命令', 10)).toBe('用 tuwen\nmatch 命令');
});

test('colours are for terminals, and for those who want them', () => {
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('TERM', 'xterm');
  expect(styleFor({ isTTY: true }).good('好')).toBe('\x1b[32m好\x1b[39m');
  expect(styleFor({}).good('好')).toBe('好');
  vi.stubEnv('TERM', 'dumb');
  expect(styleFor({ isTTY: true }).good('好')).toBe('好');
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('NO_COLOR', '1');
  expect(styleFor({ isTTY: true }).good('好')).toBe('好');
});

test('tables are aligned, and mark the best row where it stands', () => {
  const rows = [
    { name: '猫', share: 0.25, values: ['25.0%'] },
    { name: 'dog', share: 0.75, values: ['75.0%'] },
    { name: '一\n段\n话', share: 0, values: ['0.0%'] },
  ];
  const lines = barTable(rows, styleFor({}), ['文字', '概率']);
  expect(new Set(lines.map(cells)).size).toBe(1);
  expect(lines.filter((line) => line.startsWith('▸'))).toEqual([lines[2]]);
  expect(lines[3]).toContain('一 段 话');
  expect(barTable(rows, styleFor({}))).toEqual(lines.slice(1));
  expect(percent(0.98765)).toBe('98.8%');
});
