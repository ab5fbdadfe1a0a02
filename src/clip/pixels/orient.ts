import { CHANNELS, type Pixels } from './types.ts';

/** For EXIF orientations 1 to 8: are the axes swapped, then is the result mirrored left-right, top-bottom? */
const TURNS: readonly (readonly [swap: boolean, mirror: boolean, flip: boolean])[] = [
  [false, false, false],
  [false, true, false],
  [false, true, true],
  [false, false, true],
  [true, false, false],
  [true, true, false],
  [true, true, true],
  [true, false, true],
];

/** The picture upright, given its EXIF orientation (1 to 8; anything else leaves it as it is). */
export function oriented(image: Pixels, orientation: number | undefined): Pixels {
  const turn = TURNS[(orientation ?? 1) - 1];
  if (turn === undefined || turn === TURNS[0]) return image;
  const [swap, mirror, flip] = turn;
  const width = swap ? image.height : image.width;
  const height = swap ? image.width : image.height;
  const channels = CHANNELS[image.mode];
  const data = new (image.data.constructor as Uint8ArrayConstructor)(image.data.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = mirror ? width - 1 - x : x;
      const down = flip ? height - 1 - y : y;
      const from = (swap ? across * image.width + down : down * image.width + across) * channels;
      for (let channel = 0; channel < channels; channel++) data[at++] = image.data[from + channel]!;
    }
  }
  return { ...image, data, width, height };
}
