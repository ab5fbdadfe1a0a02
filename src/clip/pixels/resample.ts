import { premultiplied, unpremultiplied } from './convert.ts';
import { type Axis, FILTERS, type FilterName, isKept, type Windows, windowsOf } from './filters.ts';
import { resampleWide } from './resample-wide.ts';
import { CHANNELS, type Pixels } from './types.ts';

/** Weights are whole multiples of 2⁻²², so that a sum of weighted bytes fits 32 bits. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * Resizes a picture to exactly `width` × `height`, byte for byte as Pillow's `Image.resize` up to version 12 does:
 * across first, rounded to bytes, then down. Palette colours take the nearest pixel whatever the filter; alpha weighs
 * the colours it goes with. The same size gives the picture itself. With a `part`, only that part of the result is made,
 * as if it were cropped afterwards.
 */
export function resize(
  image: Pixels,
  width: number,
  height: number,
  filter: FilterName | 'nearest' = 'bicubic',
  part: Part = { left: 0, top: 0, width, height },
): Pixels {
  const across: Axis = { from: image.width, to: width, first: part.left, count: part.width };
  const down: Axis = { from: image.height, to: height, first: part.top, count: part.height };
  if (isKept(across) && isKept(down)) return image;
  if (image.width === width && image.height === height)
    return crop(image, part.left, part.top, part.width, part.height);
  if (image.mode === 'P' || filter === 'nearest') return resizeNearest(image, across, down);
  if (image.mode === 'I;16' || image.mode === 'F') return resampleWide(image, across, down, FILTERS[filter]);
  if (image.mode === 'RGBA' || image.mode === 'LA') {
    return unpremultiplied(resampleBytes(premultiplied(image), across, down, filter));
  }
  return resampleBytes(image, across, down, filter);
}

/** A rectangle of a picture, in pixels. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a picture inside a rectangle, which must lie within it. */
export function crop(image: Pixels, left: number, top: number, width: number, height: number): Pixels {
  const channels = CHANNELS[image.mode];
  const data = new (image.data.constructor as Uint8ArrayConstructor)(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { ...image, data, width, height };
}

function resampleBytes(image: Pixels, across: Axis, down: Axis, name: FilterName): Pixels {
  const [width, height] = [across.count, down.count];
  const channels = CHANNELS[image.mode];
  const filter = FILTERS[name];
  const rows = windowsOf(down, filter);
  // Only the rows that the second pass reads are made in the first.
  const firstRow = rows.starts[0]!;
  const lastRow = rows.starts[height - 1]! + rows.counts[height - 1]!;
  const stride = image.width * channels;
  let data = image.data.subarray(firstRow * stride, lastRow * stride) as Uint8Array;
  if (!isKept(across)) {
    const pass = channels === 3 ? acrossRgb : acrossAny;
    data = pass(data, stride, lastRow - firstRow, channels, windowsOf(across, filter));
  }
  if (!isKept(down)) data = downwards(data, width * channels, firstRow, rows);
  return { data, width, height, mode: image.mode };
}

/** The horizontal pass over rows of `stride` bytes: every row to as many pixels as there are windows. */
function acrossAny(
  data: Uint8Array,
  stride: number,
  rows: number,
  channels: number,
  windows: Windows,
): Uint8Array {
  const { starts, counts, size } = windows;
  const weights = fixedPoint(windows.weights);
  const out = new Uint8Array(rows * starts.length * channels);
  let at = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < starts.length; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF;
        let from = y * stride + starts[x]! * channels + channel;
        const end = x * size + counts[x]!;
        for (let k = x * size; k < end; k++, from += channels) sum += Math.imul(data[from]!, weights[k]!);
        out[at++] = toByte(sum);
      }
    }
  }
  return out;
}

/** `acrossAny` for three channels, the usual case: two rows at a time, so that a weight is read once for six sums. */
function acrossRgb(
  data: Uint8Array,
  stride: number,
  rows: number,
  channels: number,
  windows: Windows,
): Uint8Array {
  const { starts, counts, size } = windows;
  const weights = fixedPoint(windows.weights);
  const width = starts.length;
  const out = new Uint8Array(rows * width * channels);
  for (let y = 0; y < rows; y += 2) {
    // The last of an odd number of rows is its own pair.
    const next = Math.min(y + 1, rows - 1);
    for (let x = 0; x < width; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let nextRed = HALF;
      let nextGreen = HALF;
      let nextBlue = HALF;
      let from = y * stride + starts[x]! * 3;
      let nextFrom = next * stride + starts[x]! * 3;
      const end = x * size + counts[x]!;
      for (let k = x * size; k < end; k++, from += 3, nextFrom += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(data[from]!, weight)) | 0;
        green = (green + Math.imul(data[from + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[from + 2]!, weight)) | 0;
        nextRed = (nextRed + Math.imul(data[nextFrom]!, weight)) | 0;
        nextGreen = (nextGreen + Math.imul(data[nextFrom + 1]!, weight)) | 0;
        nextBlue = (nextBlue + Math.imul(data[nextFrom + 2]!, weight)) | 0;
      }
      setPixel(out, y * width + x, red, green, blue);
      setPixel(out, next * width + x, nextRed, nextGreen, nextBlue);
    }
  }
  return out;
}

function setPixel(out: Uint8Array, pixel: number, red: number, green: number, blue: number): void {
  out[pixel * 3] = toByte(red);
  out[pixel * 3 + 1] = toByte(green);
  out[pixel * 3 + 2] = toByte(blue);
}

/** The vertical pass: row by row, each the sum of weighted source rows; `data` begins at source row `firstRow`. */
function downwards(data: Uint8Array, stride: number, firstRow: number, windows: Windows): Uint8Array {
  const height = windows.starts.length;
  const weights = fixedPoint(windows.weights);
  const sums = new Int32Array(stride);
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < windows.counts[y]!; k++) {
      const weight = weights[y * windows.size + k]!;
      const from = (windows.starts[y]! + k - firstRow) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + Math.imul(data[from + i]!, weight);
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = toByte(sums[i]!);
  }
  return out;
}

/** Weights as whole numbers, halves rounded away from zero. */
function fixedPoint(weights: Float64Array): Int32Array {
  return Int32Array.from(weights, (weight) =>
    Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION_BITS)),
  );
}

function toByte(sum: number): number {
  return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
}

function resizeNearest(image: Pixels, across: Axis, down: Axis): Pixels {
  const [width, height] = [across.count, down.count];
  const channels = CHANNELS[image.mode];
  const columns = nearest(across);
  const rows = nearest(down);
  const data = new (image.data.constructor as Uint8ArrayConstructor)(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (rows[y]! * image.width + columns[x]!) * channels;
      for (let channel = 0; channel < channels; channel++) data[at++] = image.data[from + channel]!;
    }
  }
  return { ...image, data, width, height };
}

/** The source position under the middle of each output position; added up step by step, as the reference does. */
function nearest({ from, to, first, count }: Axis): Int32Array {
  const positions = new Int32Array(count);
  const step = from / to;
  let at = step * 0.5;
  for (let i = 0; i < first; i++) at += step;
  for (let i = 0; i < count; i++, at += step) positions[i] = Math.min(from - 1, Math.trunc(at));
  return positions;
}
