import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import { parseQuery, type Query, type QueryPart } from '../../search/index.ts';
import type { Limits } from '../options.ts';
import { pictureField, textField } from './common.ts';
import { hit } from './items.ts';
import { type Work, workRoute } from './route.ts';

/** The most parts on each side of a query, and the most results of a page. */
const PARTS = 16;
const TOP = 1000;
const OFFSET = 100_000;

const response = z.object({
  results: z.array(hit),
  total: z.int().meta({ description: 'How many items where lets through.' }),
});

const requestOf = (limits: Limits) => {
  const text = textField(limits);
  const weight = z.number().optional();
  const part = z.union([
    text,
    z.object({ text, weight }),
    z.object({ image: pictureField, weight }),
    z.object({ id: z.string(), weight }),
  ]);
  const parts = z.array(part).max(PARTS).optional();
  const query = z.object({
    text: text.optional(),
    image: pictureField.optional(),
    id: z.string().optional().meta({ description: 'An item of the collection: what is like it.' }),
    plus: parts,
    minus: parts,
  });
  return z.object({
    collection: z.string().optional().meta({ description: 'Left out: the first that is shown.' }),
    query: z.union([text, query]).optional().meta({
      description:
        'Words, with +words and -words inside that weigh in and out; or { text, image, id, plus, minus }.',
    }),
    top: z.int().min(1).max(TOP).optional().meta({ description: 'Default: 20.' }),
    offset: z.int().min(0).max(OFFSET).optional(),
    where: z
      .string()
      .max(10_000)
      .optional()
      .meta({ description: 'Such as: folder = 旅行 and taken >= 2024-05' }),
    minScore: z.number().optional(),
  });
};

type Body = z.output<ReturnType<typeof requestOf>>;
type SentPart = NonNullable<SentQuery['plus']>[number];

/** Finds pictures of a collection by words, by pictures, or both. */
export const searchRoute = (limits: Limits) =>
  workRoute({
    path: '/v1/search',
    summary: 'Find pictures of a collection',
    request: requestOf(limits),
    response,
    example: { query: '过年喜庆对联', top: 5 },
    async answer({ collection: name, query, top, offset, where, minScore }, work) {
      const { collection } = await work.model.collections.open(name);
      const options = {
        signal: work.signal,
        ...(top !== undefined && { top }),
        ...(offset !== undefined && { offset }),
        ...(where !== undefined && { where }),
        ...(minScore !== undefined && { minScore }),
      };
      const parsed = typeof query === 'string' ? wordsOf(query) : (query ?? {});
      const leave = work.model.embedder.enter(countOf(parsed, 'text'), countOf(parsed, 'image'));
      try {
        const { results, total } = await collection.search(await prepared(parsed, work), options);
        return { results: [...results], total };
      } finally {
        leave();
      }
    },
  });

type SentQuery = Exclude<Body['query'], string | undefined>;

/** A query in one line. Throws TUWEN_REQUEST_INVALID where it has too many parts. */
function wordsOf(line: string): SentQuery {
  const { plus, minus } = parseQuery(line);
  if (Math.max(plus.length, minus.length) > PARTS) {
    const limit = { en: `at most ${PARTS} parts on each side`, zh: `加减两边各不超过 ${PARTS} 项` };
    throw new TuwenError('TUWEN_REQUEST_INVALID', { field: 'query', ...limit });
  }
  // A line is words only.
  return { plus, minus } as SentQuery;
}

/** How many texts or pictures of a query go through the model. */
function countOf({ plus = [], minus = [], ...own }: SentQuery, kind: 'text' | 'image'): number {
  const sides = [...plus, ...minus].filter((part) =>
    typeof part === 'string' ? kind === 'text' : kind in part,
  );
  return sides.length + (own[kind] === undefined ? 0 : 1);
}

/** The query with its pictures decoded: a string would be taken for the path of a file. */
async function prepared(query: SentQuery, { model, signal }: Work): Promise<Query> {
  const picture = (image: string, field: string) => model.embedder.prepare({ image, field }, signal);
  const part = async (each: SentPart, field: string): Promise<string | QueryPart> => {
    if (typeof each === 'string') return each;
    const weight = each.weight ?? 1;
    if ('image' in each) return { image: await picture(each.image, `${field}.image`), weight };
    return 'text' in each ? { text: each.text, weight } : { id: each.id, weight };
  };
  const side = (name: 'plus' | 'minus') =>
    Promise.all((query[name] ?? []).map((each, i) => part(each, `query.${name}[${i}]`)));
  return {
    ...(query.text !== undefined && { text: query.text }),
    ...(query.id !== undefined && { id: query.id }),
    ...(query.image !== undefined && { image: await picture(query.image, 'query.image') }),
    plus: await side('plus'),
    minus: await side('minus'),
  };
}
