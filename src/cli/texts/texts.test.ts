import { describe, expect, test } from 'vitest';
import { TEXTS } from './index.ts';

/** Every sentence of a table, with its place; functions are given something for each argument. */
function sentences(table: object, place = ''): [string, string][] {
  return Object.entries(table).flatMap(([key, value]): [string, string][] => {
    const here = `${place}.${key}`;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') return [[here, (value as (...args: unknown[]) => string)(3, 4, 5, 6)]];
    return sentences(value as object, here);
  });
}

/** English words that need no gloss in Chinese, and the other way round. */
const withoutGlosses = (list: [string, string][]) => list.filter(([place]) => !place.includes('.glosses'));
const zh = withoutGlosses(sentences(TEXTS.zh));
const en = withoutGlosses(sentences(TEXTS.en));

describe('every sentence', () => {
  test('stands in both languages', () => {
    expect(zh.map(([place]) => place)).toEqual(en.map(([place]) => place));
    expect(zh.length).toBeGreaterThan(50);
    for (const [place, text] of [...zh, ...en]) expect(text.trim(), place).not.toBe('');
  });

  test('is Chinese in Chinese', () => {
    const mixed = zh.filter(([, text]) => /\p{Letter}/u.test(text) && !/\p{Script=Han}/u.test(text));
    expect(mixed).toEqual([]);
  });

  test('names the same commands and options in both', () => {
    const names = (text: string) =>
      [
        ...new Set(text.match(/--[a-z-]+|\.[a-z]{3,}\b|tuwen (demo|match|classify|embed|serve|model \w+)/g)),
      ].sort();
    zh.forEach(([place, text], i) => {
      expect(names(text), place).toEqual(names(en[i]![1]));
    });
  });
});
