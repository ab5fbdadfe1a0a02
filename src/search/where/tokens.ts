import { TuwenError } from '../../base/index.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'operator' | 'open' | 'close' | 'end';
  readonly text: string;
  /** Where it begins, in UTF-16 units from 0. */
  readonly at: number;
}

/** The error of a filter, at a place of its text. */
export function whereError(where: string, at: number, expected: WhereExpectation): TuwenError {
  return new TuwenError('TUWEN_WHERE_INVALID', { where, at, expected });
}

/** What should have stood there: a word of the grammar, or a list of what is known. */
export type WhereExpectation =
  | 'field'
  | 'value'
  | 'number'
  | 'time'
  | 'and-or'
  | 'close'
  | 'quote'
  | 'shorter'
  | readonly string[];

const SPACE = /\s+/y;
const OPERATOR = /!=|<=|>=|[=<>~]/y;
const WORD = /[^\s()=<>~!'"]+/y;

/** Cuts a filter into words, quoted values, operators and parentheses. */
export function tokensOf(where: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const matched = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(where)?.[0];
  };
  while (at < where.length) {
    const space = matched(SPACE);
    if (space) {
      at += space.length;
      continue;
    }
    const character = where[at]!;
    if (character === '(' || character === ')') {
      tokens.push({ kind: character === '(' ? 'open' : 'close', text: character, at: at++ });
    } else if (character === '"' || character === "'") {
      const { text, end } = quoted(where, at);
      tokens.push({ kind: 'quoted', text, at });
      at = end;
    } else {
      const operator = matched(OPERATOR);
      const text = operator ?? matched(WORD);
      if (text === undefined) throw whereError(where, at, ['=', '!=']);
      tokens.push({ kind: operator ? 'operator' : 'word', text, at });
      at += text.length;
    }
  }
  return [...tokens, { kind: 'end', text: '', at: where.length }];
}

/** What stands between quotation marks; `\` makes the next character an ordinary one. */
function quoted(where: string, start: number): { text: string; end: number } {
  let text = '';
  for (let at = start + 1; at < where.length; at++) {
    if (where[at] === where[start]) return { text, end: at + 1 };
    if (where[at] === '\\') at += 1;
    text += where[at] ?? '';
  }
  throw whereError(where, start, 'quote');
}
