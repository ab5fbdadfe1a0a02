export type { TokenizerRuleName } from './rules.ts';
export { createTokenizer, type Tokenizer, type TokenizerOptions } from './tokenizer.ts';
