import { z } from 'zod';
import { embeddings, fitOf } from '../../clip/index.ts';
import type { Limits } from '../options.ts';
import { modelField, pictureField, textField } from './common.ts';
import { workRoute } from './route.ts';

const response = z.object({
  model: z.string(),
  matches: z.array(z.object({ text: z.string(), probability: z.number(), cosine: z.number() })),
});

/** How well each text fits a picture: `clip.match`. */
export const matchRoute = (limits: Limits) =>
  workRoute({
    path: '/v1/match',
    summary: 'How well texts fit a picture',
    request: z.object({
      model: modelField,
      image: pictureField,
      texts: z.array(textField(limits)).min(1).max(limits.texts),
    }),
    response,
    example: { image: 'data:image/png;base64,…', texts: ['一只猫', '一条狗'] },
    async answer({ model: named, image, texts }, { model, signal }) {
      const items = [{ image, field: 'image' }, ...texts.map((text) => ({ text }))];
      const vectors = await model.embedder.embed(items, signal);
      const { dim, logitScale } = model.clip.info;
      const candidates = embeddings(vectors.data.subarray(dim), dim);
      const { cosines, probabilities } = fitOf(vectors.at(0), candidates, logitScale);
      const matches = texts.map((text, i) => ({ text, probability: probabilities[i]!, cosine: cosines[i]! }));
      return { model: named ?? model.name, matches };
    },
  });
