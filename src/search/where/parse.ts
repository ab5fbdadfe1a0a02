import { FIELDS, type FieldKind, type FieldName, OPERATORS, type Operator } from './fields.ts';
import { type Token, tokensOf, whereError } from './tokens.ts';
import { numberOf, type Span, spanOf } from './values.ts';
import type { Where } from './where.ts';

/** The longest filter, and the deepest in parentheses: both beyond what anyone types. */
const LONGEST = 4096;
const DEEPEST = 32;
const OWN = 'fields.';

/**
 * Reads a filter such as `folder = 旅行 and (taken >= 2024-05 or fields.rating > 3) and not size < 100KB`.
 * Throws TUWEN_WHERE_INVALID with the place.
 */
export function parseWhere(text: string): Where {
  if (text.length > LONGEST) throw whereError(`${text.slice(0, 40)}…`, 40, 'shorter');
  const tokens = tokensOf(text);
  let next = 0;
  const peek = () => tokens[next]!;
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toLowerCase() === word;
  const fail = (token: Token, expected: Parameters<typeof whereError>[2]) =>
    whereError(text, token.at, expected);

  function joined(kind: 'and' | 'or', part: () => Where): Where {
    const parts = [part()];
    while (isWord(kind)) {
      next += 1;
      parts.push(part());
    }
    return parts.length === 1 ? parts[0]! : { kind, parts };
  }

  function any(depth: number): Where {
    if (depth > DEEPEST) throw fail(peek(), 'shorter');
    return joined('or', () => joined('and', () => one(depth)));
  }

  function one(depth: number): Where {
    if (isWord('not')) {
      if (depth > DEEPEST) throw fail(peek(), 'shorter');
      next += 1;
      return { kind: 'not', part: one(depth + 1) };
    }
    if (peek().kind !== 'open') return comparison();
    next += 1;
    const inner = any(depth + 1);
    if (peek().kind !== 'close') throw fail(peek(), 'close');
    next += 1;
    return inner;
  }

  function comparison(): Where {
    const field = tokens[next++]!;
    const kind = field.kind === 'word' ? kindOf(field.text) : undefined;
    if (kind === undefined) throw fail(field, 'field');
    const operator = tokens[next++]!;
    const known: readonly string[] = OPERATORS[kind];
    if (operator.kind !== 'operator' || !known.includes(operator.text)) throw fail(operator, known);
    const value = tokens[next++]!;
    if (value.kind !== 'word' && value.kind !== 'quoted') throw fail(value, 'value');
    const compared = compare(kind, field.text, operator.text as Operator, value);
    if (typeof compared === 'string') throw fail(value, compared);
    return compared;
  }

  const where = any(0);
  if (peek().kind !== 'end') throw fail(peek(), 'and-or');
  return where;
}

function kindOf(field: string): FieldKind | undefined {
  if (field.startsWith(OWN) && field.length > OWN.length) return 'own';
  return Object.hasOwn(FIELDS, field) ? FIELDS[field as FieldName] : undefined;
}

/** The comparison, or what its value should have been. */
function compare(
  kind: FieldKind,
  field: string,
  operator: Operator,
  value: Token,
): Where | 'number' | 'time' {
  switch (kind) {
    case 'text':
    case 'folder':
      return { kind, field, operator, value: value.text } as Where;
    case 'number': {
      const number = numberOf(value.text);
      return number === undefined ? 'number' : ({ kind, field, operator, value: number } as Where);
    }
    case 'time': {
      const span = spanOf(value.text, field === 'taken');
      return span === undefined ? 'time' : inSpan(field as 'modified' | 'taken', operator, span);
    }
    case 'own':
      return ownComparison(field.slice(OWN.length), operator, value);
  }
}

/** A time is equal to a month where it lies in it, and later where it lies behind it. */
function inSpan(field: 'modified' | 'taken', operator: Operator, { from, to }: Span): Where {
  const at = (bound: '<' | '>=', value: number): Where => ({ kind: 'number', field, operator: bound, value });
  switch (operator) {
    case '<':
      return at('<', from);
    case '<=':
      return at('<', to);
    case '>':
      return at('>=', to);
    case '>=':
      return at('>=', from);
    case '!=':
      return { kind: 'or', parts: [at('<', from), at('>=', to)] };
    default:
      return { kind: 'and', parts: [at('>=', from), at('<', to)] };
  }
}

/** A bare number or `true` and `false` is meant as such; what is quoted is a string. */
function ownComparison(field: string, operator: Operator, { kind, text }: Token): Where | 'number' {
  const bare = kind === 'word';
  const number = bare && operator !== '~' ? numberOf(text) : undefined;
  const isTruth = bare && (text === 'true' || text === 'false');
  if (isTruth && (operator === '=' || operator === '!='))
    return { kind: 'own', field, operator, value: text === 'true' };
  return { kind: 'own', field, operator, value: number ?? text };
}
