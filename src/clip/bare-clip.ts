import { createClip } from './clip.ts';
import { isChinese } from './config.ts';
import type { Encoder } from './encoder.ts';
import type { StoredModel } from './layouts/index.ts';
import { createEnglishTokenizer, createTokenizer } from './tokenizer/index.ts';
import type { Clip } from './types.ts';

/** A model's towers, however they run, behind the public face: for its vectors, on which the rest does not bear. */
export function bareClip(
  { config, vocabulary }: Pick<StoredModel, 'config' | 'vocabulary'>,
  encoder: Encoder,
  contextLength: number,
): Clip {
  const tokenizer = isChinese(config) ? createTokenizer(vocabulary) : createEnglishTokenizer(vocabulary);
  const info = {
    ...NAMELESS,
    dim: config.embedDim,
    contextLength,
    imageSize: config.pixels.size,
    pixels: config.pixels,
  };
  return createClip({ info, config, tokenizer, encoder });
}

/** What vectors do not depend on. */
const NAMELESS = {
  name: '',
  path: '',
  language: 'zh',
  layout: '',
  logitScale: 1,
  temperature: 1,
  parameters: 0,
  imageParameters: 0,
  fingerprint: '',
  precision: '',
  device: '',
} as const;
