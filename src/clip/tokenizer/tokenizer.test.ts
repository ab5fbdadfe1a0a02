import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTokenizer, type Tokenizer } from './index.ts';

interface Case {
  group: string;
  text: string;
  ids: number[];
  /** Ids of the fast tokenizer where they differ; the name of a Python exception where it refuses. */
  hfFast?: number[] | string;
  hfSlow?: number[] | string;
  unassigned?: boolean;
}

const fixtures = new URL('../../../test/fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8');
const json = (name: string) => JSON.parse(read(`tokenizer/${name}`));
const jsonLines = (name: string) =>
  read(`tokenizer/${name}`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const vocabulary = read('tiny-hf/vocab.txt');
const cn = createTokenizer(vocabulary);
const hf = createTokenizer(vocabulary, { rule: 'hf' });
const cases: Case[] = jsonLines('cases.jsonl');
const encode = (tokenizer: Tokenizer, text: string, length?: number) => [...tokenizer.encode(text, length)];

test('the vocabulary has 21,128 words, U+2028 among them', () => {
  expect(cn.size).toBe(21128);
});

/** Characters that Unicode 14 does not assign have no category the reference and a newer engine could share. */
const assigned = cases.filter((each) => !each.unassigned);

test('every case is encoded as cn_clip does', () => {
  expect(assigned.length).toBeGreaterThan(2300);
  for (const { group, text, ids } of assigned)
    expect({ group, text, ids: encode(cn, text) }).toEqual({ group, text, ids });
});

test('every case is encoded as the fast tokenizer of Hugging Face does', () => {
  for (const { group, text, ids, hfFast = ids } of assigned) {
    if (typeof hfFast !== 'string')
      expect({ group, text, ids: encode(hf, text) }).toEqual({ group, text, ids: hfFast });
  }
});

test('lone surrogates, which Python refuses there, vanish as in the slow tokenizer', () => {
  const refused = assigned.filter((each) => typeof each.hfFast === 'string');
  expect(refused.length).toBe(25);
  for (const { group, text, ids, hfSlow = ids } of refused) {
    expect(group).toBe('surrogate');
    expect({ text, ids: encode(hf, text) }).toEqual({ text, ids: hfSlow });
  }
});

test('other context lengths cut at the right and keep [SEP]', () => {
  const contexts: { text: string; ids: Record<string, number[]> }[] = jsonLines('context.jsonl');
  expect(contexts.length).toBe(68);
  for (const { text, ids } of contexts) {
    for (const [length, expected] of Object.entries(ids))
      expect(encode(cn, text, Number(length))).toEqual(expected);
  }
});

/** The page hashes of `codepoints.json`: of the ids of three probes for each assigned code point. */
function pageHash(tokenizer: Tokenizer, page: number, ranges: [number, number][]): string {
  const lines: string[] = [];
  for (const [from, to] of ranges) {
    const last = Math.min(to, page * 256 + 255);
    for (let code = Math.max(from, page * 256); code <= last; code++) {
      const c = String.fromCodePoint(code);
      for (const probe of [c, `x${c}y`, c + c]) lines.push(tokenizer.encode(probe).join(' '));
    }
  }
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

test('every assigned code point is treated as in the reference, page by page', () => {
  const { cn: cnPages, hfFast: hfPages } = json('codepoints.json') as Record<
    'cn' | 'hfFast',
    Record<string, string>
  >;
  const { assigned: ranges } = json('unicode.json') as { assigned: [number, number][] };
  expect(Object.keys(cnPages).length).toBe(639);
  const wrong: string[] = [];
  for (const [name, hash] of Object.entries(cnPages)) {
    const page = Number.parseInt(name, 16);
    if (pageHash(cn, page, ranges) !== hash) wrong.push(`cn ${name}`);
    const isSurrogates = page >= 0xd8 && page <= 0xdf;
    if (!isSurrogates && pageHash(hf, page, ranges) !== (hfPages[name] ?? hash)) wrong.push(`hf ${name}`);
  }
  expect(wrong).toEqual([]);
});

test('calls with something else than one text', () => {
  const edge = json('edge.json') as Record<string, { rows?: number[][]; raises?: string }>;
  const rows = (call: string) => edge[call]!.rows!.map((row) => row.filter((id) => id !== 0));
  expect([encode(cn, '红色')]).toEqual(rows("tokenize('红色')"));
  expect(['红', 'a b'].map((text) => encode(cn, text))).toEqual(rows("tokenize(['红', 'a b'])"));
  expect([encode(cn, '', 2)]).toEqual(rows("tokenize('', 2)"));
  const bytes = Uint8Array.of(0xe7, 0xba, 0xa2, 0xff);
  expect([[...cn.encode(bytes)]]).toEqual(rows("tokenize([b'\\xe7\\xba\\xa2\\xff'])"));
  for (const [call, bad] of [
    ['tokenize([1])', 1],
    ['tokenize([None])', null],
  ] as const) {
    expect(edge[call]!.raises).toBe('ValueError');
    expect(() => cn.encode(bad as never)).toThrow(expect.objectContaining({ code: 'TUWEN_BAD_ARGUMENT' }));
  }
  for (const length of [0, 1]) {
    expect(edge[`tokenize('红色', ${length})`]!.raises).toBe('AssertionError');
    expect(() => cn.encode('红色', length)).toThrow(expect.objectContaining({ code: 'TUWEN_BAD_ARGUMENT' }));
  }
});

test('special tokens are text for cn_clip and themselves for hf', () => {
  expect(encode(cn, '红[MASK]')).toEqual([101, 5273, 138, 9622, 8998, 140, 102]);
  expect(encode(hf, '红[MASK]')).toEqual([101, 5273, 103, 102]);
});

test.each([
  ['', /\[PAD\] is missing/],
  ['[UNK]\n[PAD]\n[CLS]\n[SEP]\n', /\[PAD\] is line 1/],
  ['[PAD]\n[UNK]\n[CLS]\n', /\[SEP\] is missing/],
])('the vocabulary %j is refused with the reason', (text, reason) => {
  const error = { code: 'TUWEN_VOCABULARY_INVALID', value: { reason: expect.stringMatching(reason) } };
  expect(() => createTokenizer(text)).toThrow(expect.objectContaining(error));
});
