import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import type { Limits } from '../options.ts';
import type { Item } from '../work/embedder.ts';
import { checkPictures, itemField, itemsOf, modelField, usage, usageOf } from './common.ts';
import { type Work, workRoute } from './route.ts';

const FORMATS = ['float', 'base64'] as const;

const requestOf = (limits: Limits) => {
  const item = itemField(limits);
  return z.object({
    model: modelField,
    input: z.union([item, z.array(item).min(1).max(limits.texts)]).meta({
      description: `Texts, { text } or { image }, in any mixture; at most ${limits.pictures} of them pictures.`,
    }),
    modality: z.enum(['text', 'image']).optional().meta({
      description: 'What the strings of input are: with image they are pictures.',
    }),
    encoding_format: z.enum(FORMATS).optional().meta({
      description: 'base64: the float32 numbers as little-endian bytes.',
    }),
    embedding_type: z.union([z.enum(FORMATS), z.tuple([z.enum(FORMATS)])]).optional(),
    dimensions: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "0 or the model's own; vectors are not shortened." }),
    normalized: z.boolean().optional().meta({ description: 'Scale vectors to length 1. Default: true.' }),
    truncate: z.boolean().optional().meta({
      description: 'false: refuse texts with more tokens than count, instead of cutting them. Default: true.',
    }),
    user: z.string().optional(),
  });
};

type Body = z.output<ReturnType<typeof requestOf>>;

const response = z.object({
  object: z.literal('list'),
  id: z.string(),
  created: z.int(),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage,
});

/** OpenAI's embeddings, with Jina's objects and infinity's modality: vectors of texts and pictures, in their order. */
export const embeddingsRoute = (limits: Limits) =>
  workRoute({
    path: '/v1/embeddings',
    summary: 'Vectors of texts and pictures',
    request: requestOf(limits),
    response,
    example: { input: ['一只猫', { text: '一条狗' }] },
    async answer(body, work) {
      const { model, signal, id } = work;
      const items = inputOf(body, limits);
      checkDimensions(body, work);
      if (body.truncate === false) checkLengths(items, work);
      const vectors = await model.embedder.embed(items, signal, { normalize: body.normalized ?? true });
      const format = body.encoding_format ?? [body.embedding_type].flat()[0] ?? 'float';
      return {
        object: 'list' as const,
        id,
        created: Math.floor(Date.now() / 1000),
        model: body.model ?? model.name,
        data: [...vectors].map((vector, index) => ({
          object: 'embedding' as const,
          index,
          embedding: format === 'base64' ? base64(vector) : Array.from(vector),
        })),
        usage: usageOf(model, items),
      };
    },
  });

function inputOf({ input, modality }: Body, limits: Limits): Item[] {
  const list = Array.isArray(input) ? input : [input];
  if (modality !== 'image') return itemsOf(list, 'input', limits);
  const items = list.map((each, i): Item => {
    if (typeof each === 'string') return { image: each, field: `input[${i}]` };
    return 'text' in each ? { text: each.text } : { image: each.image, field: `input[${i}].image` };
  });
  checkPictures(items, 'input', limits);
  return items;
}

function checkDimensions({ dimensions = 0 }: Body, { model }: Work): void {
  const { dim } = model.clip.info;
  if (dimensions === 0 || dimensions === dim) return;
  throw new TuwenError('TUWEN_REQUEST_INVALID', {
    field: 'dimensions',
    en: `this model's vectors have ${dim} dimensions; cutting them off would make them worthless`,
    zh: `该模型的向量为 ${dim} 维，截短后就没有意义了`,
  });
}

function checkLengths(items: readonly Item[], { model: { clip } }: Work): void {
  const { contextLength } = clip.info;
  items.forEach((item, i) => {
    const count = 'text' in item ? clip.countTokens(item.text) : 0;
    if (count <= contextLength) return;
    throw new TuwenError('TUWEN_REQUEST_INVALID', {
      field: `input[${i}]`,
      en: `${count} tokens, of which only ${contextLength} count`,
      zh: `共 ${count} 个词元，只有前 ${contextLength} 个有效`,
    });
  });
}

/** The numbers as little-endian float32, whatever this machine's own order. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes.toString('base64');
}
