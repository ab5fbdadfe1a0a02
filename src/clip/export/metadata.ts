import { toFloat32 } from '../../weights/index.ts';
import { isChinese } from '../config.ts';
import type { StoredModel } from '../layouts/index.ts';
import type { ExportPrecision } from './forms.ts';

/** Who made a file, and from what. */
export interface Origin {
  /** The name or path of the model. */
  readonly source: string;
  /** Tokens of a text that count, [CLS] and [SEP] included. */
  readonly contextLength: number;
  readonly version: string;
}

/** What the user of a file must know to prepare its inputs and to read its outputs: values as JSON, or words. */
export function metadataOf(
  { config, weights, license }: StoredModel,
  precision: ExportPrecision,
  { source, contextLength, version }: Origin,
): Record<string, string> {
  const { size, fit, mean, std, order } = config.pixels;
  return {
    source,
    producer: `tuwen ${version}`,
    precision,
    embed_dim: String(config.embedDim),
    logit_scale: String(Math.exp(toFloat32(weights.get('logit_scale')!)[0]!)),
    tokenizer: isChinese(config) ? 'bert-wordpiece-lowercase' : 'clip-bpe',
    context_length: String(contextLength),
    image_size: JSON.stringify([size, size]),
    image_fit: fit,
    image_mean: JSON.stringify(mean),
    image_std: JSON.stringify(std),
    image_resample: 'bicubic-antialias',
    image_order: order,
    ...(license === undefined ? {} : { license }),
  };
}
