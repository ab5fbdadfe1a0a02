/** What a training picture goes through before the model sees it, as in Chinese-CLIP's trainer. */
import type { Random } from '../../base/index.ts';
import { CLIP_MEAN, crop, type Pixels, type RawImage, resize, toRgb } from '../../clip/index.ts';
import type { Fill } from './affine.ts';
import { randomRectangle } from './crop.ts';
import type { Rgb } from './image.ts';
import { autoAugment } from './policy.ts';

export { type CropOptions, type Rectangle, randomRectangle } from './crop.ts';
export { autoAugment } from './policy.ts';

const CROP = { scale: [0.9, 1], ratio: [3 / 4, 4 / 3] } as const;
const FILL = CLIP_MEAN.map((mean) => Math.round(255 * mean)) as unknown as Fill;

/**
 * A random part of at least nine tenths of the picture, resized to size × size, turned left to right half of the time,
 * made RGB, and changed by one of AutoAugment's pairs. The picture stays as it is.
 */
export function augment(picture: Pixels, size: number, random: Random): RawImage {
  const { left, top, width, height } = randomRectangle(picture.width, picture.height, CROP, random);
  const resized = toRgb(resize(crop(picture, left, top, width, height), size, size));
  const upright: Rgb = { width: size, height: size, data: new Uint8Array(resized.data) };
  const turned = random.uniform() < 0.5 ? mirrored(upright) : upright;
  return { ...autoAugment(turned, random, FILL), channels: 3 };
}

function mirrored({ data, width, height }: Rgb): Rgb {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      out.set(data.subarray(from, from + 3), (y * width + width - 1 - x) * 3);
    }
  }
  return { data: out, width, height };
}
