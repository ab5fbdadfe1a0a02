/** The configuration of our own layout: cn_clip's keys of both towers and ours. */
import { z } from 'zod';
import { type ClipConfig, isChinese } from '../config.ts';
import { parseConfig, threeNumbers, threeScales } from './checked.ts';
import { parseCnClipConfig, toCnClipConfig } from './cn-clip-config.ts';
import { hasOpenaiKeys, parseOpenaiConfig, toOpenaiConfig } from './openai-config.ts';

/** Our keys beside cn_clip's. Without `pixels`, pictures are prepared as cn_clip does. */
const OwnKeys = z.object({
  layout: z.literal('tuwen'),
  name: z.string().optional(),
  license: z.string().optional(),
  pixels: z
    .object({
      mean: threeNumbers,
      std: threeScales,
      order: z.enum(['resize-first', 'rgb-first']),
      fit: z.enum(['squash', 'crop']).optional(),
    })
    .optional(),
});

/** Reads our config.json. `file` names it in errors. Throws TUWEN_CONFIG_INVALID, TUWEN_CONFIG_UNSUPPORTED. */
export function parseOwnConfig(json: unknown, file: string): ClipConfig {
  const { name, pixels } = parseConfig(OwnKeys, json, file);
  const parsed = hasOpenaiKeys(json) ? parseOpenaiConfig(json, file) : parseCnClipConfig(json, file);
  return {
    ...(name === undefined ? {} : { name }),
    ...parsed,
    pixels: { ...parsed.pixels, ...pixels, fit: pixels?.fit ?? parsed.pixels.fit },
  };
}

/** The keys of a configuration, with the licence of the weights. The inverse of `parseOwnConfig`. */
export function toOwnConfig(config: ClipConfig, license?: string): object {
  const { mean, std, order, fit } = config.pixels;
  return {
    layout: 'tuwen',
    name: config.name,
    license,
    ...(isChinese(config) ? toCnClipConfig(config) : toOpenaiConfig(config)),
    pixels: { mean, std, order, fit },
  };
}
