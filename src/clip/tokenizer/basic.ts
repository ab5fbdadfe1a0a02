import { isCjk, type TokenizerRule } from './rules.ts';

/**
 * Splits text into the words that WordPiece sees, as BERT's basic tokenizer does: drop control characters, set each
 * Chinese character apart, split at white space, fold case and accents, set each punctuation mark apart.
 */
export function basicTokens(text: string, rule: TokenizerRule): string[] {
  const words: string[] = [];
  for (const word of spaced(text, rule).split(/[ \u2028\u2029]+/)) {
    if (word !== '') pushSplitAtPunctuation(rule.fold(word), rule, words);
  }
  return words;
}

/** The text without the characters the rule drops, every white space a space, and spaces around Chinese characters. */
function spaced(text: string, rule: TokenizerRule): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (isSpace(code, character)) out += ' ';
    else if (isCjk(code, rule)) out += ` ${character} `;
    else if (!rule.isDropped(code, character)) out += character;
  }
  return out;
}

function isSpace(code: number, character: string): boolean {
  if (code < 0x80) return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
  return /\p{Zs}/u.test(character);
}

function pushSplitAtPunctuation(word: string, rule: TokenizerRule, words: string[]): void {
  let open = '';
  for (const character of word) {
    if (rule.isPunctuation(character.codePointAt(0)!, character)) {
      if (open !== '') words.push(open);
      words.push(character);
      open = '';
    } else {
      open += character;
    }
  }
  if (open !== '') words.push(open);
}
