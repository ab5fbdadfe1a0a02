import type { Part } from './resample.ts';

/** How a picture is brought to a square, and whose arithmetic that is: see `PixelsConfig`. */
export interface Fitting {
  readonly fit: 'squash' | 'crop';
  readonly order: 'resize-first' | 'rgb-first';
}

/** The size a picture is resized to, and the part of that which is kept: a square of `size`. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly part: Part;
}

/**
 * Where the square of a picture of `width` × `height` lies. `crop`: the shorter side becomes `size`, the longer one in
 * proportion, its fraction dropped, and the middle is kept. An odd rest is shared as torchvision does for `resize-first`
 * (half a pixel rounded to an even number) and as transformers does for `rgb-first` (rounded down).
 */
export function frameOf(width: number, height: number, size: number, { fit, order }: Fitting): Frame {
  if (fit === 'squash')
    return { width: size, height: size, part: { left: 0, top: 0, width: size, height: size } };
  const shorter = Math.min(width, height);
  const scaled = (side: number) => (side === shorter ? size : Math.trunc((size * side) / shorter));
  const resized = { width: scaled(width), height: scaled(height) };
  const before = (side: number) => {
    const half = (side - size) / 2;
    return order === 'resize-first' ? roundToEven(half) : Math.floor(half);
  };
  const part = { left: before(resized.width), top: before(resized.height), width: size, height: size };
  return { ...resized, part };
}

function roundToEven(half: number): number {
  const down = Math.floor(half);
  return half - down === 0.5 && down % 2 === 0 ? down : Math.round(half);
}
