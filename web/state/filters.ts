/** Filters as the page offers them, in the language of `where`. */
import type { Place } from './address.ts';

export type Filters = Pick<Place, 'folder' | 'name' | 'from' | 'until' | 'minScore' | 'where'>;

export const NO_FILTERS: Filters = { folder: '', name: '', from: '', until: '', minScore: '', where: '' };

export function filtersOf({ folder, name, from, until, minScore, where }: Place): Filters {
  return { folder, name, from, until, minScore, where };
}

/** The expression of all filters, or undefined where there is none. A picture without a time of its own has its file's. */
export function whereOf({ folder, name, from, until, where }: Filters): string | undefined {
  const parts = [
    folder && `folder = ${quoted(folder)}`,
    name && `name ~ ${quoted(name)}`,
    from && dated('>=', from),
    until && dated('<=', until),
    where && `(${where})`,
  ].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(' and ');
}

export function countOf(filters: Filters): number {
  return Object.values(filters).filter((value) => value !== '').length;
}

function dated(operator: string, day: string): string {
  const taken = `taken ${operator} ${day}`;
  // `not` turns round the comparison with what a picture lacks: this holds for those without a time only.
  return `(${taken} or (not taken >= 0001 and modified ${operator} ${day}))`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
