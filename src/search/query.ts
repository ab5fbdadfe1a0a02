import type { Query, QueryPart } from './types.ts';

/** Behind white space or at the beginning, before something: `+雪地`, `-2*室内`. The full-width signs count as well. */
const SIGN = /(?<=^|\s)[+\-＋－](?=\S)/gu;
const WEIGHT = /^(\d+(?:\.\d+)?)\s*[*×]\s*(?=\S)/u;

/**
 * Reads a query in one line: `狗 +雪地 -室内` looks for 狗 and 雪地, away from 室内; `狗 +0.5*雪地` weighs it half.
 * Signs count at the beginning of a word only; what stands between double quotation marks is taken as it is.
 */
export function parseQuery(text: string): { plus: QueryPart[]; minus: QueryPart[] } {
  const plus: QueryPart[] = [];
  const minus: QueryPart[] = [];
  for (const { sign, words } of signedParts(text)) {
    const weight = WEIGHT.exec(words);
    const rest = (weight ? words.slice(weight[0].length) : words).trim();
    const bare = /^"(.*)"$/su.exec(rest)?.[1] ?? rest;
    if (bare.trim() === '') continue;
    const part = weight ? { text: bare, weight: Number(weight[1]) } : { text: bare };
    (sign === '-' || sign === '－' ? minus : plus).push(part);
  }
  return { plus, minus };
}

function signedParts(text: string): { sign: string; words: string }[] {
  // Signs between quotation marks are hidden while the text is cut.
  const masked = text.replace(/"[^"]*"/gu, (quoted) => '\0'.repeat(quoted.length));
  const cuts = [...masked.matchAll(SIGN)].map(({ index }) => index);
  const bounds = [...cuts, text.length];
  const first = { sign: '+', words: text.slice(0, bounds[0]) };
  return [first, ...cuts.map((at, i) => ({ sign: text[at]!, words: text.slice(at + 1, bounds[i + 1]) }))];
}

/** The parts of a query with their weights, those of `minus` below zero. */
export function weightedParts(query: Query): { part: QueryPart; weight: number }[] {
  const own: QueryPart[] = [
    ...(query.text === undefined ? [] : [{ text: query.text }]),
    ...(query.image === undefined ? [] : [{ image: query.image }]),
    ...(query.id === undefined ? [] : [{ id: query.id }]),
  ];
  const parts = (list: readonly (string | QueryPart)[] | undefined, sign: number) =>
    (list ?? []).map((given) => {
      const part = typeof given === 'string' ? { text: given } : given;
      return { part, weight: sign * (part.weight ?? 1) };
    });
  return [...parts(own, 1), ...parts(query.plus, 1), ...parts(query.minus, -1)];
}
