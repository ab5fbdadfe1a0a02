import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { createEnglishTokenizer } from './index.ts';

const merges = gunzipSync(
  readFileSync(new URL('../../../models/clip/merges.txt.gz', import.meta.url)),
).toString();
const openai = createEnglishTokenizer(merges);
const hf = createEnglishTokenizer(merges, { rule: 'hf' });
const table: { texts: string[]; openai: number[][]; hf: number[][] } = JSON.parse(
  readFileSync(fixture('english/tokens.json'), 'utf8'),
);

test.each(table.texts.map((text, i) => [JSON.stringify(text).slice(0, 60), i] as const))(
  '%s has the ids of OpenAI and of Hugging Face',
  (_, i) => {
    expect([...openai.encode(table.texts[i]!)]).toEqual(table.openai[i]);
    expect([...hf.encode(table.texts[i]!)]).toEqual(table.hf[i]);
  },
);

test('the two rules are not the same', () => {
  expect(table.texts.filter((_, i) => `${table.openai[i]}` !== `${table.hf[i]}`).length).toBeGreaterThan(5);
});

test('a shorter context keeps the end token; every id is below the size', () => {
  expect(openai.size).toBe(49_408);
  expect([...openai.encode('a photo of a cat', 4)]).toEqual([49406, 320, 1125, 49407]);
  expect([...openai.encode(new TextEncoder().encode('a photo'))]).toEqual([49406, 320, 1125, 49407]);
  expect(() => openai.encode('a', 1)).toThrow(expect.objectContaining({ code: 'TUWEN_BAD_ARGUMENT' }));
});

test('a word merges as one, however long, whatever stands at its end', () => {
  // The merges that came first win: "aaaa" by pairs, the last one with the end of the word.
  const few = createEnglishTokenizer('#version: 0.2\na a\naa aa\na a</w>\n');
  const id = (text: string) => [...few.encode(text, 1000)].slice(1, -1);
  const [aa, aaaa, end] = [512, 513, 514];
  expect(id('aaaaaaaa')).toEqual([aaaa, aa, end]);
  expect(id('aaa')).toEqual([aa, 256 + 64]);
  const long = few.encode('a'.repeat(400_001), 200_000);
  expect(long.length).toBe(2 + 100_000 + 1);
});

describe('merges that cannot be used', () => {
  test.each([
    ['a symbol that nothing made', 'a b\nabc d\n'],
    ['three symbols', 'a b c\n'],
    ['one symbol', 'a\n'],
    ['the same merge again', 'a b\na b\n'],
    ['an empty line within', 'a b\n\nb c\n'],
  ])('%s', (_, text) => {
    expect(() => createEnglishTokenizer(text)).toThrow(
      expect.objectContaining({ code: 'TUWEN_VOCABULARY_INVALID' }),
    );
  });
});
