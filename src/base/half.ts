/** IEEE 754 half precision (binary16) to and from single precision (binary32). */

const SIGN = 0x8000;
const INFINITY = 0x7c00;
const QUIET_NAN = 0x7e00;

let table: Float32Array | undefined;

/** The value of every half, by its bits. */
function halfValues(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfValue(bits));
  return table;
}

/** (-1)^sign · 2^(exponent − 15) · 1.fraction; exponent 0 holds the subnormals, 31 infinity and NaN. */
function halfValue(bits: number): number {
  const sign = bits & SIGN ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Halves, given as their bits, as floats: exact. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  const values = halfValues();
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = values[halves[i]!]!;
  return floats;
}

/** Floats rounded to the nearest half, ties to even, as bits; beyond ±65504 (from 65520 on) infinity. */
export function floatToHalf(floats: Float32Array): Uint16Array {
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    halves[i] = ((word >>> 16) & SIGN) | magnitude(word & 0x7fffffff);
  }
  return halves;
}

/** The half nearest to a non-negative float, both as bits. */
function magnitude(word: number): number {
  if (word >= 0x47800000) return word > 0x7f800000 ? QUIET_NAN | ((word >>> 13) & 0x3ff) : INFINITY; // from 2^16 on
  if (word >= 0x38800000) {
    // From 2^-14 on: 13 fraction bits fewer, exponent bias 127 → 15. A carry out of the fraction raises the exponent.
    return (word - 0x38000000 + 0xfff + ((word >>> 13) & 1)) >>> 13;
  }
  // Below, halves are multiples of 2^-24 and the float is significand · 2^(exponent − 150).
  const shift = 126 - (word >>> 23);
  if (shift > 24) return 0; // less than 2^-25
  const significand = 0x800000 | (word & 0x7fffff);
  const units = significand >>> shift;
  return (significand + (1 << (shift - 1)) - 1 + (units & 1)) >>> shift;
}
