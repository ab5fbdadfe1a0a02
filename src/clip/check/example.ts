/** The published example: one picture, four names, and the probabilities that were printed for them. */
import { isDeepStrictEqual } from 'node:util';
import type { ClipConfig } from '../config.ts';
import type { Embeddings } from '../embeddings.ts';
import { publishedConfig } from '../published.ts';
import { fitOf } from '../zero-shot.ts';
import { type CheckResult, measured } from './types.ts';

export const EXAMPLE_TEXTS = ['杰尼龟', '妙蛙种子', '小火龙', '皮卡丘'] as const;

/**
 * For ViT-B-16 by the way its weights were computed: in fp32 in the model card on Hugging Face; rounded to half precision
 * in Chinese-CLIP's README, where `load_from_name` does that.
 */
const PUBLISHED = {
  'example-fp32': [1.2686e-3, 5.4499e-2, 6.7968e-4, 9.4355e-1],
  'example-fp16': [1.268734e-3, 5.436878e-2, 6.795761e-4, 9.436829e-1],
} as const;

/** More than the two differ from each other, and less than either differs from what half precision gave on a GPU. */
const LIMIT = 1e-3;

/** Whether the example was published for a model of these sizes. */
export function hasExample({ embedDim, image, text }: ClipConfig): boolean {
  const published = publishedConfig('ViT-B-16');
  return (
    text.kind === 'bert' &&
    embedDim === published.embedDim &&
    isDeepStrictEqual(image, published.image) &&
    text.layers === published.text.layers &&
    text.hidden === published.text.hidden
  );
}

/** Compares the probabilities of the example's names for the picture with the published ones. */
export function checkExample(
  name: keyof typeof PUBLISHED,
  { image, text }: { image: Embeddings; text: Embeddings },
  logitScale: number,
): CheckResult {
  const { probabilities } = fitOf(image.at(0), text, logitScale);
  const differences = PUBLISHED[name].map((published, i) => Math.abs(published - probabilities[i]!));
  return measured(name, probabilities.length, {
    largestDifference: Math.max(...differences),
    differenceLimit: LIMIT,
  });
}
