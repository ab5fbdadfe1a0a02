import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixture } from '../../../test/support/fixtures.ts';
import { tokenizerJson } from './tokenizer-json.ts';

const vocabulary = readFileSync(fixture('tiny-hf/vocab.txt'), 'utf8');

/** Of `tokenizer.json` as transformers 4.57.1 saves it for this vocabulary, its words sorted by id. */
const SAVED_BY_TRANSFORMERS = '299bca2a7561bcf1576fb4bc6e0a34453f0e8ad8856d2b50470a85e41037481c';

test('is what transformers saves for the same vocabulary', () => {
  const made = JSON.parse(JSON.stringify(tokenizerJson(vocabulary)));
  const words = Object.entries(made.model.vocab as Record<string, number>).sort(([, a], [, b]) => a - b);
  const { vocab: _, ...model } = made.model;
  const sorted = JSON.stringify([{ ...made, model }, words]);
  expect(words).toHaveLength(21128);
  expect(createHash('sha256').update(sorted).digest('hex')).toBe(SAVED_BY_TRANSFORMERS);
});

test('a vocabulary of other lines keeps its own numbers', () => {
  const small = tokenizerJson('[PAD]\r\n[CLS]\n[SEP]\n[UNK]\n猫\n') as {
    added_tokens: { id: number; content: string }[];
    post_processor: { special_tokens: Record<string, { ids: number[] }> };
    model: { vocab: Record<string, number> };
  };
  expect(small.model.vocab).toEqual({ '[PAD]': 0, '[CLS]': 1, '[SEP]': 2, '[UNK]': 3, 猫: 4 });
  expect(small.added_tokens.map(({ id, content }) => [id, content])).toEqual([
    [0, '[PAD]'],
    [1, '[CLS]'],
    [2, '[SEP]'],
    [3, '[UNK]'],
  ]);
  expect(small.post_processor.special_tokens['[SEP]']!.ids).toEqual([2]);
});
