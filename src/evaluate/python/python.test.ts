import { describe, expect, test } from 'vitest';
import { dumps, parsePython, repr, str, strip } from './index.ts';

describe('reading JSON as Python', () => {
  test('tells whole numbers from floats, whatever their size', () => {
    expect(parsePython('[1, 1.0, 1e2, -0, 12345678901234567890123]')).toEqual([
      1n,
      1,
      100,
      0n,
      12345678901234567890123n,
    ]);
  });

  test('takes what Python takes beyond JSON', () => {
    expect(parsePython(' {"a": [NaN, Infinity, -Infinity], "a": null}\r\n')).toEqual(new Map([['a', null]]));
    expect(parsePython('"\\ud83d\\ude00\\n"')).toBe('😀\n');
  });

  test.each([
    '',
    'text',
    '{"a" 1}',
    '{"a": 1,}',
    '[1, ]',
    '01',
    '+1',
    '.5',
    '"\t"',
    '"\\x41"',
    '{} {}',
    '\ufeff{}',
    `${'['.repeat(100_000)}`,
  ])('refuses %s', (text) => {
    expect(parsePython(text)).toBeUndefined();
  });
});

test('values are written as str, repr and json.dumps write them', () => {
  const value = parsePython(
    '{"k": [null, true, 2, 5.0, 1e-5, NaN, "it\'s", "a\\"b", "\\u2028\\\\\\n\\u0007"]}',
  )!;
  // What Python 3.11 prints for the same value.
  expect(repr(value)).toBe(`{'k': [None, True, 2, 5.0, 1e-05, nan, "it's", 'a"b', '\\u2028\\\\\\n\\x07']}`);
  expect(str('a')).toBe('a');
  expect(dumps({ text: '图\u007f"', whole: 3n, float: 3, list: [false, null] })).toBe(
    '{"text": "\\u56fe\\u007f\\"", "whole": 3, "float": 3.0, "list": [false, null]}',
  );
});

test('strip removes what Python removes', () => {
  expect(strip(' \x1c\x85a b\u3000\r\n')).toBe('a b');
  expect(strip(' \ufeff{} \ufeff ')).toBe('\ufeff{} \ufeff');
});
