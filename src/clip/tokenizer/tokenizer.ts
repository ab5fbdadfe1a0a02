import { TuwenError } from '../../base/index.ts';
import { basicTokens } from './basic.ts';
import { RULES, type TokenizerRule, type TokenizerRuleName } from './rules.ts';
import { readVocabulary, type Vocabulary } from './vocabulary.ts';
import { appendPieces } from './wordpiece.ts';

/** Turns text into the ids of a text tower. */
export interface Tokenizer {
  /** Number of words in the vocabulary; every id is below it. */
  readonly size: number;
  /**
   * The start token, the ids of the text, the end token (`[CLS]` and `[SEP]` of a Chinese-CLIP): at its real length,
   * without padding. Text too long for `contextLength` (at least 2; unless told 52, or 77 of an English CLIP) is cut at
   * the right; the end token stays. Bytes are read as UTF-8, invalid ones skipped by a Chinese-CLIP.
   *
   * @throws TUWEN_BAD_ARGUMENT where the text is neither, or the context has no room for start and end.
   */
  encode(text: string | Uint8Array, contextLength?: number): Int32Array;
}

export interface TokenizerOptions {
  /**
   * `cn_clip` (default): cn_clip's and ModelScope's tokenizer. `hf`: the fast tokenizer of Hugging Face, where it
   * differs: words longer than 100 characters are `[UNK]`, private-use characters vanish, special tokens in the text
   * are kept as such.
   */
  rule?: TokenizerRuleName;
}

/**
 * A tokenizer over the text of a `vocab.txt`.
 *
 * @throws TUWEN_VOCABULARY_INVALID
 */
export function createTokenizer(vocabulary: string, options: TokenizerOptions = {}): Tokenizer {
  const words = readVocabulary(vocabulary);
  const rule = RULES[options.rule ?? 'cn_clip'];
  return {
    size: words.size,
    encode(text, contextLength = 52) {
      checkContext(contextLength);
      const ids = textIds(asString(text), words, rule);
      return Int32Array.from([words.start, ...ids.slice(0, contextLength - 2), words.end]);
    },
  };
}

function textIds(text: string, vocabulary: Vocabulary, rule: TokenizerRule): number[] {
  const ids: number[] = [];
  for (const part of rule.specialTokens === undefined ? [text] : text.split(rule.specialTokens)) {
    const special = rule.specialTokens?.test(part) ? vocabulary.ids.get(part) : undefined;
    if (special !== undefined) ids.push(special);
    else {
      for (const word of basicTokens(part, rule)) appendPieces(word, vocabulary, rule.maxWordLength, ids);
    }
  }
  return ids;
}

/** Throws TUWEN_BAD_ARGUMENT where a context has no room for the first and the last token. */
export function checkContext(length: number): void {
  if (!Number.isInteger(length) || length < 2)
    throw badArgument('contextLength', length, 'a whole number of at least 2');
}

/** The text itself, or that of UTF-8 bytes. */
export function asString(text: string | Uint8Array): string {
  if (typeof text === 'string') return text;
  // What is not UTF-8 becomes U+FFFD here, which every rule drops.
  if (text instanceof Uint8Array) return new TextDecoder().decode(text);
  throw badArgument('text', text, 'a string');
}

function badArgument(name: string, got: unknown, expected: string) {
  return new TuwenError('TUWEN_BAD_ARGUMENT', { name, got, expected });
}
