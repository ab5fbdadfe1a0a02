import { z } from 'zod';
import { TuwenError } from '../../base/index.ts';
import { ENGLISH_TEMPLATES, fitOf, TEMPLATES } from '../../clip/index.ts';
import type { Limits } from '../options.ts';
import { itemField, itemsOf, modelField, textField, usage, usageOf } from './common.ts';
import { workRoute } from './route.ts';

const response = z.object({
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('classification'),
      index: z.int(),
      prediction: z.string(),
      score: z.number(),
      predictions: z.array(z.object({ label: z.string(), score: z.number() })).meta({
        description: 'Labels with probabilities, best first.',
      }),
    }),
  ),
  usage,
});

const requestOf = (limits: Limits) => {
  const item = itemField(limits);
  const template = textField(limits).regex(/\{\}/);
  return z.object({
    model: modelField,
    input: z.union([item, z.array(item).min(1).max(limits.texts)]),
    labels: z.array(textField(limits)).min(1).max(limits.texts),
    templates: z.array(template).min(1).max(limits.texts).optional().meta({
      description: 'Sentences with {} for the label. Default: an ensemble in the language of the model.',
    }),
    hypothesis_template: template.optional().meta({ description: 'One template, as Hugging Face names it.' }),
    top: z.int().min(1).optional().meta({ description: 'How many predictions to return. Default: all.' }),
  });
};

/** Zero-shot labels, as Jina has them: `clip.classify`. */
export const classifyRoute = (limits: Limits) =>
  workRoute({
    path: '/v1/classify',
    summary: 'Zero-shot labels for pictures or texts',
    request: requestOf(limits),
    response,
    example: { input: [{ image: 'data:image/png;base64,…' }], labels: ['猫', '狗'] },
    async answer(body, { model, signal }) {
      const usual = model.clip.info.language === 'zh' ? TEMPLATES : ENGLISH_TEMPLATES;
      const templates = body.templates ?? (body.hypothesis_template ? [body.hypothesis_template] : usual);
      checkSentences(body.labels.length * templates.length, limits);
      const items = itemsOf([body.input].flat(), 'input', limits);
      const [vectors, candidates] = await Promise.all([
        model.embedder.embed(items, signal),
        model.classVectors(body.labels, templates),
      ]);
      const data = [...vectors].map((vector, index) => {
        const { probabilities } = fitOf(vector, candidates, model.clip.info.logitScale);
        const predictions = body.labels
          .map((label, i) => ({ label, score: probabilities[i]! }))
          .sort((a, b) => b.score - a.score)
          .slice(0, body.top);
        const { label: prediction, score } = predictions[0]!;
        return { object: 'classification' as const, index, prediction, score, predictions };
      });
      return { model: body.model ?? model.name, data, usage: usageOf(model, items) };
    },
  });

function checkSentences(count: number, { texts }: Limits): void {
  if (count <= texts) return;
  throw new TuwenError('TUWEN_REQUEST_INVALID', {
    field: 'labels',
    en: `labels times templates are ${count} sentences, the limit is ${texts}`,
    zh: `标签数乘句式数为 ${count}，上限为 ${texts}`,
  });
}
