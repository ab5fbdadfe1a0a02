import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { setLanguage, TuwenError } from '../index.ts';
import { inChinese } from './phrases.ts';

const SOURCES = fileURLToPath(new URL('../../', import.meta.url));
const hasHan = (text: string) => /\p{Script=Han}/u.test(text);

afterEach(() => setLanguage(undefined));

test.each([
  ['a whole number from 1 to 64', '1 到 64 的整数'],
  ['vectors of 24 numbers, as the queries', '与查询相同的 24 维向量'],
  ['ENOENT: no such file', 'ENOENT: no such file'],
  ['≤ 512', '≤ 512'],
])('%s', (english, chinese) => {
  expect(inChinese(english)).toBe(chinese);
});

test('an error that says what it expected says so in either language', () => {
  const error = new TuwenError('TUWEN_BAD_ARGUMENT', {
    name: 'k',
    got: -1,
    expected: 'a whole number of at least 0',
  });
  expect(error.text('en').message).toBe('k: got -1, expected a whole number of at least 0');
  expect(error.text('zh').message).toBe('k：得到 -1，应为 不小于 0 的整数');
});

test('what schemas say of values is told in Chinese', () => {
  const schema = z.object({
    a: z.number(),
    b: z.enum(['x', 'y']),
    c: z.int().min(1),
    d: z.number().max(1),
    e: z.string(),
  });
  const { error } = schema.safeParse({ a: 'one', b: 'z', c: 0, d: 2 });
  const messages = error!.issues.map(({ message }) => message);
  expect(messages).toHaveLength(5);
  for (const message of messages) expect(inChinese(message), message).not.toBe(message);
});

test('every phrase of several words that an error is given in the sources has its Chinese', () => {
  const files = sourceFiles();
  expect(files.length).toBeGreaterThan(300);
  const phrases = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:expected|reason): '([a-z]+ [a-z][^']+)'/g)].map(
      ([, phrase]) => phrase!,
    ),
  );
  expect(phrases.length).toBeGreaterThan(15);
  for (const phrase of new Set(phrases)) expect(hasHan(inChinese(phrase)), phrase).toBe(true);
});

/** Sources but tests, texts of the command line, and errors that are not for users of the library. */
function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^cli\/texts|^graph\//.test(file))
    .map((file) => `${SOURCES}/${file}`);
}
