import type { Random } from '../base/index.ts';
import {
  type ChineseClipConfig,
  readStartingTensors,
  type StartingReport,
  type StartingSources,
} from '../clip/index.ts';
import { type ReadOptions, toFloat32 } from '../weights/index.ts';
import { initialWeights } from './initialise.ts';
import type { WeightArrays } from './objective.ts';

export interface InitialiseOptions extends StartingSources, ReadOptions {
  readonly config: ChineseClipConfig;
  /** For what no source has: `text_projection`, and whole towers where a source is left out. */
  readonly random: Random;
}

/**
 * The weights a Chinese-CLIP begins with: an image tower and logit scale from a CLIP, a text tower from a BERT, the rest
 * drawn as `initialWeights` does; and what came from where. Values stay as stored: cn_clip's trainer rounds all of them
 * to half precision. Throws what `readStartingTensors` throws.
 */
export async function initialiseFrom({
  config,
  random,
  vision,
  text,
  ...options
}: InitialiseOptions): Promise<{ weights: WeightArrays; report: StartingReport }> {
  const sources = { ...(vision === undefined ? {} : { vision }), ...(text === undefined ? {} : { text }) };
  const { tensors, report } = await readStartingTensors(config, sources, options);
  const weights = initialWeights(config, random, (name) => tensors.has(name));
  for (const [name, values] of weights) {
    const tensor = tensors.get(name);
    if (tensor) values.set(toFloat32(tensor));
  }
  return { weights, report };
}
