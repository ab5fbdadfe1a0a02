export { createEnglishTokenizer } from './english.ts';
export { BYTE_SYMBOLS, mergeLines, SPECIAL_SYMBOLS } from './merges.ts';
export type { TokenizerRuleName } from './rules.ts';
export { createTokenizer, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
