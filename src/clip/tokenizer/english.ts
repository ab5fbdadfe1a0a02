import { appendSymbols } from './bpe.ts';
import { cleaned, singleSpaced } from './clean.ts';
import { type Merges, readMerges } from './merges.ts';
import { lowerEach, type TokenizerRuleName } from './rules.ts';
import { asString, checkContext, type Tokenizer } from './tokenizer.ts';

/** How a text becomes pieces: words, digits one by one, and runs of anything else but spaces. */
interface Rule {
  readonly prepare: (text: string) => string;
  readonly pieces: RegExp;
}

const PIECES = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^ \p{L}\p{N}]+/gu;

const RULES: Readonly<Record<TokenizerRuleName, Rule>> = {
  cn_clip: {
    prepare: (text) => cleaned(text).toLowerCase(),
    // OpenAI's pattern knows no case, and U+017F, the long s, is another case of s.
    pieces: new RegExp(PIECES.source.replace("'s", "'[s\u017f]"), PIECES.flags),
  },
  hf: { prepare: (text) => lowerEach(singleSpaced(text.normalize('NFC'))), pieces: PIECES },
};

const encoder = new TextEncoder();

/**
 * English CLIP's tokenizer over the text of a `merges.txt`. Ids begin with the start token and end with the end token,
 * the highest; text too long for the context is cut, the end token stays. `hf`: the fast tokenizer of Hugging Face,
 * which neither repairs text nor decodes HTML.
 *
 * @throws TUWEN_VOCABULARY_INVALID
 */
export function createEnglishTokenizer(
  merges: string,
  { rule = 'cn_clip' }: { rule?: TokenizerRuleName } = {},
): Tokenizer {
  const symbols = readMerges(merges);
  return {
    size: symbols.size,
    encode(text, contextLength = 77) {
      checkContext(contextLength);
      const ids = textIds(asString(text), RULES[rule], symbols, contextLength - 2);
      return Int32Array.from([symbols.start, ...ids, symbols.end]);
    },
  };
}

/** The ids of a text, at most so many. */
function textIds(text: string, { prepare, pieces }: Rule, symbols: Merges, most: number): number[] {
  const ids: number[] = [];
  for (const [piece] of prepare(text).matchAll(pieces)) {
    if (ids.length >= most) break;
    if (piece === '<|startoftext|>') ids.push(symbols.start);
    else if (piece === '<|endoftext|>') ids.push(symbols.end);
    else appendSymbols(encoder.encode(piece), symbols, ids);
  }
  return ids.slice(0, most);
}
