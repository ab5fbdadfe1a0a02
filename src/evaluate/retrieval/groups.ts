import type { Id } from '../files/id.ts';
import type { SetText } from '../sets/types.ts';
import type { DirectionResult } from './measure.ts';
import { DEPTHS, type Recall, recallOf } from './recall.ts';

/** The figures of the queries that share a value of a field. */
export interface Group {
  readonly value: string;
  readonly queries: number;
  readonly recall: Recall;
}

/** The groups of a field, the largest first, and how far the best and the worst of them are apart. */
export interface Grouping {
  readonly field: string;
  readonly groups: readonly Group[];
  readonly gaps: Recall;
}

/** The value of queries that have none of their own, or several. */
const NONE = '—';

/**
 * Figures by the value of a field. A text has its own value; a picture has the one its texts share. Queries without a value
 * are a group of their own, which does not count for the gaps.
 */
export function grouped(
  { answers, ranks, direction }: DirectionResult,
  texts: readonly SetText[],
  field: string,
): Grouping {
  const values = new Map(texts.map((text) => [text.id, shown(text.fields?.[field])]));
  const valueFor = (query: Id, right: readonly Id[]) =>
    direction === 't2i' ? values.get(query)! : shared(right.map((id) => values.get(id)!));
  const members = new Map<string, number[]>();
  answers.forEach(({ query, answers: right }, i) => {
    const value = valueFor(query, right);
    const own = members.get(value);
    if (own) own.push(ranks[i]!);
    else members.set(value, [ranks[i]!]);
  });
  const groups = [...members]
    .map(([value, own]) => ({ value, queries: own.length, recall: recallOf(own) }))
    .sort((a, b) => b.queries - a.queries || (a.value < b.value ? -1 : 1));
  return { field, groups, gaps: gapsOf(groups.filter(({ value }) => value !== NONE)) };
}

function gapsOf(groups: readonly Group[]): Recall {
  const gap = (measure: keyof Recall) => {
    const values = groups.map(({ recall }) => recall[measure]);
    return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
  };
  const [r1, r5, r10] = DEPTHS.map((depth) => gap(`r${depth}`)) as [number, number, number];
  return { r1, r5, r10, mr: gap('mr') };
}

function shared(values: readonly string[]): string {
  const [first = NONE, ...others] = values;
  return others.every((value) => value === first) ? first : NONE;
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return NONE;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
