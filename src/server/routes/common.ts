/** Parts that the schemas of several routes share. */
import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import type { Limits } from '../options.ts';
import type { Served } from '../service.ts';
import type { Item } from '../work/embedder.ts';

export const modelField = z.string().optional().meta({ description: 'Left out: the model that is served.' });

export const pictureField = z.string().min(1).meta({
  description:
    'A picture as base64 or a data: URL; an http(s) address where the server was started with --allow-image-urls.',
});

export const textField = (limits: Limits) => z.string().max(limits.textLength);

/** A text or a picture, as Jina has it. */
export const itemField = (limits: Limits) =>
  z.union([textField(limits), z.object({ text: textField(limits) }), z.object({ image: pictureField })]);

export type ItemField = z.output<ReturnType<typeof itemField>>;

export const usage = z.object({
  prompt_tokens: z
    .int()
    .meta({ description: 'Tokens of the texts, those cut off left out. Pictures have none.' }),
  total_tokens: z.int(),
});

/** Texts and pictures as the embedder takes them. Throws TUWEN_REQUEST_INVALID where there are too many pictures. */
export function itemsOf(list: readonly ItemField[], name: string, limits: Limits): Item[] {
  const items = list.map((each, i): Item => {
    if (typeof each === 'string') return { text: each };
    return 'text' in each ? { text: each.text } : { image: each.image, field: `${name}[${i}].image` };
  });
  checkPictures(items, name, limits);
  return items;
}

export function checkPictures(items: readonly Item[], field: string, limits: Limits): void {
  const count = items.filter((item) => 'image' in item).length;
  if (count <= limits.pictures) return;
  throw new TuwenError('TUWEN_REQUEST_INVALID', {
    field,
    en: `${count} pictures, the limit is ${limits.pictures}`,
    zh: `共 ${count} 张图片，上限为 ${limits.pictures} 张`,
  });
}

/** What the model read of texts. */
export function usageOf({ clip }: Served, items: readonly Item[]): z.output<typeof usage> {
  const tokens = items.reduce(
    (sum, item) =>
      sum + ('text' in item ? Math.min(clip.countTokens(item.text), clip.info.contextLength) : 0),
    0,
  );
  return { prompt_tokens: tokens, total_tokens: tokens };
}
