/** A picture of red, green and blue bytes, as the operations of a policy take and give it. */
export interface Rgb {
  /** width × height × 3. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Every byte of each channel through a table of its own. */
export function byTables(image: Rgb, tables: readonly Uint8Array[]): Rgb {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = tables[i % 3]![image.data[i]!]!;
  return { ...image, data };
}

/** How often each byte occurs in a channel. */
export function histogram({ data }: Rgb, channel: number): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = channel; i < data.length; i += 3) counts[data[i]!]! += 1;
  return counts;
}

/** Brightness of every pixel, by Pillow's integer weights of ITU-R 601-2. */
export function brightness({ data, width, height }: Rgb): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    grey[i] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >>> 16;
  }
  return grey;
}
