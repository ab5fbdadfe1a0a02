import { TuwenError } from '../../base/index.ts';

/** The words of a BERT vocabulary and the ids of its special tokens. */
export interface Vocabulary {
  /** Number of lines, which is the number of rows in the word embedding. */
  size: number;
  /** Word to id; continuation pieces keep their `##`. */
  ids: ReadonlyMap<string, number>;
  unknown: number;
  start: number;
  end: number;
}

/**
 * Reads the text of a `vocab.txt`: one word a line, the id is the line number from 0. Lines end at `\n` only, because
 * the Chinese-BERT vocabulary holds U+2028 as a word; surrounding white space is not part of a word; of a repeated
 * word the last line counts.
 *
 * @throws TUWEN_VOCABULARY_INVALID where a special token is missing, or `[PAD]` is not 0 (the text tower masks id 0).
 */
export function readVocabulary(text: string): Vocabulary {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const ids = new Map(lines.map((line, id) => [line.trim(), id]));
  const special = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined) throw invalid(`${token} is missing from its ${lines.length} lines`);
    return id;
  };
  if (special('[PAD]') !== 0) throw invalid(`[PAD] is line ${special('[PAD]')} and should be line 0`);
  return {
    size: lines.length,
    ids,
    unknown: special('[UNK]'),
    start: special('[CLS]'),
    end: special('[SEP]'),
  };
}

function invalid(reason: string) {
  return new TuwenError('TUWEN_VOCABULARY_INVALID', { reason });
}
