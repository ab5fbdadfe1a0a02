import { expect, test } from 'vitest';
import {
  elements,
  floatToHalf,
  fromFloat32,
  halfToFloat,
  type Tensor,
  toFloat32,
  transpose,
} from './index.ts';

const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const isNaNBits = (bits: number) => (bits & 0x7fff) > 0x7c00;

/** What a half means, from the definition in IEEE 754. */
function valueOfHalf(bits: number): number {
  const magnitude =
    (bits & 0x7c00) === 0
      ? (bits & 0x3ff) * 2 ** -24
      : (0x400 | (bits & 0x3ff)) * 2 ** (((bits >> 10) & 0x1f) - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

test('all 65,536 halves become their value and return to their bits', () => {
  const floats = halfToFloat(ALL);
  const halves = floatToHalf(floats);
  for (const bits of ALL) {
    if (isNaNBits(bits)) {
      expect(floats[bits]).toBeNaN();
      expect(isNaNBits(halves[bits]!)).toBe(true);
    } else {
      if ((bits & 0x7c00) !== 0x7c00) expect(Object.is(floats[bits], valueOfHalf(bits))).toBe(true);
      expect(halves[bits]).toBe(bits);
    }
  }
  expect(floats[0x7c00]).toBe(Number.POSITIVE_INFINITY);
  expect(floats[0xfc00]).toBe(Number.NEGATIVE_INFINITY);
});

test('between two halves: the nearer, and at the middle the even one', () => {
  const words = new Uint32Array(1);
  const float = new Float32Array(words.buffer);
  const round = () => floatToHalf(float)[0]!;
  for (let bits = 0; bits < 0x7c00; bits++) {
    const next = bits + 1 === 0x7c00 ? 65536 : valueOfHalf(bits + 1); // where the next half would be, if not infinite
    float[0] = (valueOfHalf(bits) + next) / 2; // a float exactly
    const middle = words[0]!;
    expect(round()).toBe(bits % 2 === 0 ? bits : bits + 1);
    words[0] = middle - 1;
    expect(round()).toBe(bits);
    words[0] = middle + 1;
    expect(round()).toBe(bits + 1);
    words[0] = (middle + 1) | 0x80000000;
    expect(round()).toBe((bits + 1) | 0x8000);
  }
});

test('the ends of the range', () => {
  expect([...floatToHalf(Float32Array.of(65504, 65519.996, 65520, 1e30, -Infinity))]).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0x7c00, 0xfc00,
  ]);
  expect([...floatToHalf(Float32Array.of(2 ** -25, 2 ** -24, 2 ** -149, -0))]).toEqual([0, 1, 0, 0x8000]);
});

test('every stored type becomes floats', () => {
  const stored = (dtype: Tensor['dtype'], values: ArrayBufferView): Tensor => ({
    dtype,
    shape: [2],
    bytes: new Uint8Array(values.buffer as ArrayBuffer),
  });
  const cases: Tensor[] = [
    stored('F64', Float64Array.of(1, -2)),
    stored('F32', Float32Array.of(1, -2)),
    stored('F16', Uint16Array.of(0x3c00, 0xc000)),
    stored('BF16', Uint16Array.of(0x3f80, 0xc000)),
    stored('I64', BigInt64Array.of(1n, -2n)),
    stored('I32', Int32Array.of(1, -2)),
    stored('I16', Int16Array.of(1, -2)),
    stored('I8', Int8Array.of(1, -2)),
  ];
  for (const tensor of cases) expect(toFloat32(tensor), tensor.dtype).toEqual(Float32Array.of(1, -2));
  expect(toFloat32(stored('BOOL', Uint8Array.of(1, 0)))).toEqual(Float32Array.of(1, 0));
});

test('aligned floats are a view, misaligned ones a copy, also in a Buffer of a pool', () => {
  const memory = Buffer.from(new ArrayBuffer(24), 4, 12);
  new DataView(memory.buffer).setFloat32(8, 1.5, true);
  const aligned: Tensor = { dtype: 'F32', shape: [1], bytes: memory.subarray(4, 8) };
  expect(toFloat32(aligned)).toEqual(Float32Array.of(1.5));
  expect(toFloat32(aligned).buffer).toBe(memory.buffer);
  new DataView(memory.buffer).setFloat32(9, 2.5, true);
  expect(toFloat32({ dtype: 'F32', shape: [1], bytes: memory.subarray(5, 9) })).toEqual(Float32Array.of(2.5));
});

test('floats are stored as floats or halves', () => {
  const values = Float32Array.of(1, 2049, -2);
  expect(toFloat32(fromFloat32(values, [3]))).toEqual(values);
  expect(toFloat32(fromFloat32(values, [3], 'F16'))).toEqual(Float32Array.of(1, 2048, -2));
});

test('a matrix is transposed in its own type; other ranks are refused', () => {
  const matrix: Tensor = {
    dtype: 'I64',
    shape: [2, 3],
    bytes: new Uint8Array(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n).buffer),
  };
  expect(transpose(matrix)).toMatchObject({ dtype: 'I64', shape: [3, 2] });
  expect(elements(transpose(matrix))).toEqual(BigInt64Array.of(1n, 4n, 2n, 5n, 3n, 6n));
  expect(() => transpose({ ...matrix, shape: [6] })).toThrow(/rows, columns/);
});
