/** The tokenizer in the forms that Hugging Face's libraries read. */
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

const first = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const sequence = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } });

/** The ids of a `vocab.txt`: one token a line, ended by `\n` only; of a repeated token the last line counts. */
function idsOf(vocabulary: string): Map<string, number> {
  const lines = vocabulary.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return new Map(lines.map((line, id) => [line.replace(/\r$/, ''), id]));
}

/**
 * `tokenizer.json` of a BERT vocabulary, as `BertTokenizerFast` writes it: WordPiece of lower case without accents,
 * special tokens in a text kept as such, `[CLS]` before and `[SEP]` behind it.
 */
export function tokenizerJson(vocabulary: string): object {
  const ids = idsOf(vocabulary);
  const special = SPECIAL.filter((token) => ids.has(token));
  const entry = (token: string) => ({ id: token, ids: [ids.get(token)], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special
      .map((content) => ({ id: ids.get(content)!, content, ...PLAIN, special: true }))
      .sort((a, b) => a.id - b.id),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [first('[CLS]'), sequence('A', 0), first('[SEP]')],
      pair: [
        first('[CLS]'),
        sequence('A', 0),
        first('[SEP]'),
        sequence('B', 1),
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: { '[CLS]': entry('[CLS]'), '[SEP]': entry('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  };
}

const PLAIN = { single_word: false, lstrip: false, rstrip: false, normalized: false } as const;

/** `tokenizer_config.json`: texts are cut at `contextLength` tokens where a caller asks for truncation. */
export function tokenizerConfig(contextLength: number): object {
  return {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    tokenize_chinese_chars: true,
    strip_accents: null,
    clean_up_tokenization_spaces: true,
    model_max_length: contextLength,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  };
}
