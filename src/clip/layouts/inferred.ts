/** The configuration of a model that is told from its shapes alone, whatever its names. */
import type { ClipConfig } from '../config.ts';
import type { NamedModel } from './found-model.ts';
import { configOfShapes, inferConfig, Shapes } from './infer-config.ts';
import { hasOpenaiNames, inferOpenaiConfig, openaiConfigOfShapes } from './openai.ts';

/**
 * The configuration told from the shapes. Where a config.json beside cannot be read, it might have said otherwise: then
 * only a published size is taken. Throws TUWEN_ARCHITECTURE_UNKNOWN, and why config.json cannot be read.
 */
export function inferredConfig({ shapes, weights, folder }: NamedModel): ClipConfig {
  const infer = hasOpenaiNames(shapes) ? inferOpenaiConfig : inferConfig;
  const config = infer(shapes, weights);
  if (folder.broken && config.name === undefined) throw folder.broken;
  return config;
}

/** As `inferredConfig`, for descriptions: a number of heads that is not told is NaN. */
export function sizesOf({ shapes, weights }: NamedModel): ClipConfig {
  const model = new Shapes(shapes, weights, Number.NaN);
  return hasOpenaiNames(shapes) ? openaiConfigOfShapes(model) : configOfShapes(model);
}
