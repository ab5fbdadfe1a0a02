import { folderPattern, type Where } from '../../where/index.ts';

/**
 * A filter as Milvus writes it. What Milvus makes of a comparison with what is missing differs from version to version,
 * so `not` is moved down to the comparisons, and each says first whether there is something to compare.
 */
export function toMilvus(where: Where): string {
  return written(where, false);
}

const OPPOSITE = { '=': '!=', '!=': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const;
const SIGNS: Readonly<Record<string, string>> = { '=': '==' };

function written(where: Where, negated: boolean): string {
  switch (where.kind) {
    case 'and':
    case 'or': {
      const word = (where.kind === 'and') === negated ? ' or ' : ' and ';
      return `(${where.parts.map((part) => written(part, negated)).join(word)})`;
    }
    case 'not':
      return written(where.part, !negated);
    case 'folder': {
      const { text, absolute } = folderPattern(where.value);
      const inside = `array_contains(folders, ${quoted(absolute ? text : text.slice(1))})`;
      return (where.operator === '=') === negated ? `(not ${inside})` : `(${inside})`;
    }
    case 'text':
      return compared(where.field, `${where.field}_folded`, where, negated);
    case 'number': {
      const comparison = compared(where.field, where.field, where, negated);
      return where.field === 'taken' ? ifThere(HAS_TAKEN, comparison, negated) : comparison;
    }
    case 'own': {
      const key = quoted(where.field);
      const comparison = compared(`fields[${key}]`, `fields_folded[${key}]`, where, negated);
      return ifThere(presence(where.field, where.value), comparison, negated);
    }
  }
}

/** What stands in the list `present` where it is known when a picture was taken. */
export const HAS_TAKEN = 'taken';

/** What stands there for one of the picture's own fields, with the type of its value. */
export function presence(field: string, value: string | number | boolean): string {
  return `${(typeof value)[0]}:${field}`;
}

function ifThere(token: string, comparison: string, negated: boolean): string {
  const there = `array_contains(present, ${quoted(token)})`;
  return negated ? `((not ${there}) or ${comparison})` : `(${there} and ${comparison})`;
}

function compared(
  field: string,
  folded: string,
  { operator, value }: { operator: keyof typeof OPPOSITE | '~'; value: string | number | boolean },
  negated: boolean,
): string {
  if (operator === '~') {
    const like = `(${folded} like ${quoted(`%${literally(String(value).toLowerCase())}%`)})`;
    return negated ? `(not ${like})` : like;
  }
  const sign = negated ? OPPOSITE[operator] : operator;
  return `(${field} ${SIGNS[sign] ?? sign} ${quoted(value)})`;
}

/** Text in a pattern in which only itself fits; for a backslash, which servers escape differently, any character. */
function literally(text: string): string {
  return text.replace(/[%_]/g, '\\$&').replace(/\\(?![%_])/g, '_');
}

/** A value as Milvus reads it: a string between quotation marks, with the escapes JSON has as well. */
export function quoted(value: string | number | boolean): string {
  return JSON.stringify(value);
}
