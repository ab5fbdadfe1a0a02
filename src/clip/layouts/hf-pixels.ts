/** Hugging Face's `preprocessor_config.json`. What is left out has the class default of transformers' CLIP processors. */
import { z } from 'zod';
import { CLIP_MEAN, CLIP_STD, type PixelsConfig } from '../config.ts';
import { parseConfig, requireSupported, size, threeNumbers, threeScales } from './checked.ts';

const sizes = z.union([size, z.record(z.string(), size)]);

const Preprocessor = z.object({
  do_resize: z.boolean().default(true),
  size: sizes.default({ shortest_edge: 224 }),
  resample: z.int().default(3),
  do_center_crop: z.boolean().default(true),
  crop_size: sizes.default({ height: 224, width: 224 }),
  do_rescale: z.boolean().default(true),
  rescale_factor: z.number().default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: threeNumbers.default([...CLIP_MEAN]),
  image_std: threeScales.default([...CLIP_STD]),
  do_convert_rgb: z.boolean().default(true),
});

/** The file, as parsed JSON, with the path to name in errors. */
export interface PreprocessorFile {
  file: string;
  json: unknown;
}

/**
 * How pictures are prepared, by Pillow's bicubic filter: squashed to a square, or their shorter side made as long as the
 * square's and the middle cut out. Without a file, as all published models do.
 * Throws TUWEN_CONFIG_INVALID, and TUWEN_CONFIG_UNSUPPORTED for anything else.
 */
export function hfPixels(
  preprocessor: PreprocessorFile | undefined,
  resolution: number,
  fit: PixelsConfig['fit'],
): PixelsConfig {
  const common = { size: resolution, fit, order: 'rgb-first' } as const;
  if (!preprocessor) return { ...common, mean: CLIP_MEAN, std: CLIP_STD };
  const { file, json } = preprocessor;
  const keys = parseConfig(Preprocessor, json, file);
  requireSupported(file, 'do_resize', keys.do_resize, true);
  requireSupported(file, 'resample', keys.resample, 3);
  requireSupported(file, 'do_center_crop', keys.do_center_crop, fit === 'crop');
  requireSupported(file, 'do_rescale', keys.do_rescale, true);
  requireSupported(file, 'rescale_factor', keys.rescale_factor, 1 / 255);
  requireSupported(file, 'do_normalize', keys.do_normalize, true);
  requireSupported(file, 'do_convert_rgb', keys.do_convert_rgb, true);
  if (fit === 'crop') {
    const shortest = typeof keys.size === 'number' ? keys.size : keys.size.shortest_edge;
    requireSupported(file, 'size.shortest_edge', shortest, resolution);
    requireSquare(file, 'crop_size', keys.crop_size, resolution);
  } else {
    requireSquare(file, 'size', keys.size, resolution);
  }
  return { ...common, mean: keys.image_mean, std: keys.image_std };
}

function requireSquare(file: string, key: string, got: z.output<typeof sizes>, resolution: number): void {
  const { height, width } = typeof got === 'number' ? { height: got, width: got } : got;
  requireSupported(file, `${key}.height`, height, resolution);
  requireSupported(file, `${key}.width`, width, resolution);
}
