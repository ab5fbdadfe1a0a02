import { UNICODE_8_MARK, UNICODE_8_PUNCTUATION, YOUNGER_THAN_UNICODE_8 } from './unicode.ts';

export type TokenizerRuleName = 'cn_clip' | 'hf';

/** Where the two tokenizers differ; everything else is common to them. Each test takes one code point. */
export interface TokenizerRule {
  /** Dropped before anything else: control characters, U+0000 and U+FFFD. White space never comes here. */
  isDropped: (code: number, character: string) => boolean;
  /** Ideographs of extension E, from the first to the last that count as Chinese. */
  extensionE: readonly [number, number];
  /** Lower case and no accents, of one word. */
  fold: (word: string) => string;
  isPunctuation: (code: number, character: string) => boolean;
  /** Longest word, in code points, that is looked up. */
  maxWordLength: number;
  /** Matches the special tokens that the text may hold as such; absent where they are plain text. */
  specialTokens?: RegExp;
}

/** Python 3.11 (Unicode 14), the reference, calls U+1171E a non-spacing mark; Unicode 15 does not. */
const CN_MARKS = /[\p{Mn}\u{1171e}]/gu;
const HF_MARKS = inUnicode8('\\p{Mn}', UNICODE_8_MARK, 'gu');
const HF_CONTROL = inUnicode8('\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}', '', 'u');
const HF_PUNCTUATION = inUnicode8('\\p{P}', UNICODE_8_PUNCTUATION, 'u');

export const RULES: Readonly<Record<TokenizerRuleName, TokenizerRule>> = {
  cn_clip: {
    isDropped: (code, character) => isNever(code) || isOf(/[\p{Cc}\p{Cf}]/u, code, character),
    extensionE: [0x2b820, 0x2ceaf],
    fold: (word) => withoutMarks(word.toLowerCase(), CN_MARKS),
    isPunctuation: (code, character) => isAsciiPunctuation(code) || isOf(/\p{P}/u, code, character),
    maxWordLength: 200,
  },
  hf: {
    isDropped: (code, character) => isNever(code) || isOf(HF_CONTROL, code, character),
    extensionE: [0x2b920, 0x2ceaf],
    fold: (word) => lowerEach(withoutMarks(word, HF_MARKS)),
    isPunctuation: (code, character) => isAsciiPunctuation(code) || isOf(HF_PUNCTUATION, code, character),
    maxWordLength: 100,
    specialTokens: /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/,
  },
};

/** Matches what is of a category today and was in Unicode 8, and what was only then. */
function inUnicode8(category: string, onlyThen: string, flags: string): RegExp {
  const both = `(?![${YOUNGER_THAN_UNICODE_8}])[${category}]`;
  return new RegExp(onlyThen === '' ? both : `[${onlyThen}]|${both}`, flags);
}

/** Whether a code point is one of the CJK ideographs that BERT sets apart. */
export function isCjk(code: number, rule: TokenizerRule): boolean {
  if (code < 0x3400) return false;
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x20000 && code <= 0x2a6df) ||
    (code >= 0x2a700 && code <= 0x2b73f) ||
    (code >= 0x2b740 && code <= 0x2b81f) ||
    (code >= rule.extensionE[0] && code <= rule.extensionE[1]) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x2f800 && code <= 0x2fa1f)
  );
}

function isNever(code: number): boolean {
  return code < 0x20 || code === 0x7f || code === 0xfffd;
}

/** BERT counts every ASCII symbol as punctuation, `$` and `+` too. */
function isAsciiPunctuation(code: number): boolean {
  return (
    (code >= 33 && code <= 47) ||
    (code >= 58 && code <= 64) ||
    (code >= 91 && code <= 96) ||
    (code >= 123 && code <= 126)
  );
}

/** Whether a character beyond ASCII matches; ASCII is decided without categories. */
function isOf(category: RegExp, code: number, character: string): boolean {
  return code >= 0x80 && category.test(character);
}

function withoutMarks(word: string, marks: RegExp): string {
  return isAscii(word) ? word : word.normalize('NFD').replace(marks, '');
}

/** Lower case letter by letter, so that a final sigma stays σ. */
export function lowerEach(word: string): string {
  return isAscii(word) ? word.toLowerCase() : Array.from(word, (letter) => letter.toLowerCase()).join('');
}

function isAscii(word: string): boolean {
  return /^[\0-\x7f]*$/.test(word);
}
