import { folderPattern, type Where } from '../../where/index.ts';

/** A condition on the table `items`, and the values of its parameters. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

export const ALWAYS: Condition = { sql: '1', values: [] };

/** A filter in SQL. Every value is a parameter; a comparison with what is missing is false, not unknown. */
export function toSql(where: Where): Condition {
  switch (where.kind) {
    case 'and':
    case 'or':
      return joined(where.parts.map(toSql), where.kind);
    case 'not': {
      const { sql, values } = toSql(where.part);
      return { sql: `not ${sql}`, values };
    }
    case 'folder': {
      const { text, absolute } = folderPattern(where.value);
      const inside = absolute ? 'substr(place, 1, length(?1)) = ?1' : 'instr(place, ?1) > 0';
      const [sql, count] = positional(inside);
      return { sql: where.operator === '=' ? `(${sql})` : `(not ${sql})`, values: Array(count).fill(text) };
    }
    case 'text':
      return where.operator === '~'
        ? { sql: `(instr(${where.field}_folded, ?) > 0)`, values: [where.value.toLowerCase()] }
        : { sql: `(${where.field} ${where.operator} ?)`, values: [where.value] };
    case 'number':
      return { sql: `coalesce(${where.field} ${where.operator} ?, 0)`, values: [where.value] };
    case 'own':
      return ownCondition(where);
  }
}

function joined(parts: readonly Condition[], word: 'and' | 'or'): Condition {
  return {
    sql: `(${parts.map(({ sql }) => sql).join(` ${word} `)})`,
    values: parts.flatMap(({ values }) => values),
  };
}

/** `?1` written as often as it is used: numbered parameters would clash between conditions. */
function positional(sql: string): [string, number] {
  return [sql.replaceAll('?1', '?'), sql.split('?1').length - 1];
}

/** Looks the field up in the item's JSON, among values of the same type. */
function ownCondition({ field, operator, value }: Extract<Where, { kind: 'own' }>): Condition {
  const folded = operator === '~';
  const table = `json_each(coalesce(items.${folded ? 'fields_folded' : 'fields'}, '{}'))`;
  const found = (types: string, comparison: string, values: readonly (string | number)[]) => ({
    sql: `exists (select 1 from ${table} as own where own.key = ? and own.type in (${types}) and ${comparison})`,
    values: [field, ...values],
  });
  if (typeof value === 'boolean') {
    const wanted = value === (operator === '=');
    return found(`'${wanted}'`, '1', []);
  }
  if (typeof value === 'number') return found("'integer', 'real'", `own.value ${operator} ?`, [value]);
  if (folded) return found("'text'", 'instr(own.value, ?) > 0', [value.toLowerCase()]);
  return found("'text'", `own.value ${operator} ?`, [value]);
}
