import { z } from 'zod';
import { dot } from '../../clip/index.ts';
import type { Limits } from '../options.ts';
import { type ItemField, itemField, itemsOf, modelField, usage, usageOf } from './common.ts';
import { workRoute } from './route.ts';

const count = z.int().min(1).optional();

const response = z.object({
  object: z.literal('rerank'),
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.object({
      index: z.int(),
      relevance_score: z.number().meta({ description: 'The cosine.' }),
      document: z.union([z.object({ text: z.string() }), z.object({ image: z.string() })]).optional(),
    }),
  ),
  usage,
});

/** Documents by their cosine with a query, as Jina, Cohere and infinity name it; texts and pictures on either side. */
export const rerankRoute = (limits: Limits) => {
  const item = itemField(limits);
  return workRoute({
    path: '/v1/rerank',
    summary: 'Texts or pictures in the order in which they fit a query',
    request: z.object({
      model: modelField,
      query: item,
      documents: z.array(item).min(1).max(limits.texts),
      top_n: count,
      top_k: count,
      return_documents: z.boolean().optional().meta({ description: 'Default: false.' }),
    }),
    response,
    example: { query: '过年', documents: ['红包', '西瓜'], top_n: 1 },
    async answer(body, { model, signal, id }) {
      const [query] = itemsOf([body.query], 'query', limits).map((each) =>
        'image' in each ? { ...each, field: 'query.image' } : each,
      );
      const documents = itemsOf(body.documents, 'documents', limits);
      const items = [query!, ...documents];
      const [target, ...vectors] = await model.embedder.embed(items, signal);
      const ranked = vectors
        .map((vector, index) => ({ index, relevance_score: dot(target!, vector) }))
        .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
        .slice(0, body.top_n ?? body.top_k ?? vectors.length);
      const results = body.return_documents
        ? ranked.map((each) => ({ ...each, document: asObject(body.documents[each.index]!) }))
        : ranked;
      const named = body.model ?? model.name;
      return { object: 'rerank' as const, id, model: named, results, usage: usageOf(model, items) };
    },
  });
};

function asObject(document: ItemField) {
  return typeof document === 'string' ? { text: document } : document;
}
