import { type Axis, type Filter, isKept, type Windows, windowsOf } from './filters.ts';
import type { Pixels } from './types.ts';

/** Resizes grey pictures of 16-bit numbers or floats, which Pillow mixes in floating point: across first, then down. */
export function resampleWide(image: Pixels, across: Axis, down: Axis, filter: Filter): Pixels {
  const [width, height] = [across.count, down.count];
  const store = image.mode === 'F' ? (sum: number) => sum : toUint16;
  const make = (length: number) => (image.mode === 'F' ? new Float32Array(length) : new Uint16Array(length));
  let { data } = image;
  if (!isKept(across)) {
    const out = make(width * image.height);
    const windows = windowsOf(across, filter);
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < width; x++) out[y * width + x] = store(mix(data, y * image.width, 1, windows, x));
    }
    data = out;
  }
  if (!isKept(down)) {
    const out = make(width * height);
    const windows = windowsOf(down, filter);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[y * width + x] = store(mix(data, x, width, windows, y));
    }
    data = out;
  }
  return { data, width, height, mode: image.mode };
}

/** The weighted sum for output position `i` along a line of `data` that begins at `from`. */
function mix(data: Pixels['data'], from: number, stride: number, windows: Windows, i: number): number {
  let sum = 0;
  for (let k = 0; k < windows.counts[i]!; k++) {
    sum += data[from + (windows.starts[i]! + k) * stride]! * windows.weights[i * windows.size + k]!;
  }
  return sum;
}

/** Pillow clips the two bytes of a 16-bit number one by one: past the top, the low byte stays as it is. */
function toUint16(sum: number): number {
  const value = Math.sign(sum) * Math.floor(Math.abs(sum) + 0.5);
  if (value < 0) return 0;
  return value > 0xffff ? 0xff00 + (value % 256) : value;
}
