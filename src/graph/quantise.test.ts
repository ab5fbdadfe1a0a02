import { expect, test } from 'vitest';
import { BLOCK_SIZE, quantise } from './quantise.ts';

test('rows become columns of whole numbers, with a scale that gives them back to half a step', () => {
  const [outputs, inputs] = [3, 5];
  const matrix = Float32Array.from(
    { length: outputs * inputs },
    (_, i) => Math.sin(i) * 10 ** (Math.floor(i / inputs) - 1),
  );
  const { weight, scales } = quantise('int8-columns', matrix, outputs, inputs);
  for (let row = 0; row < outputs; row++) {
    const values = matrix.subarray(row * inputs, (row + 1) * inputs);
    expect(scales[row]).toBeCloseTo(Math.max(...values.map(Math.abs)) / 127, 6);
    values.forEach((value, i) => {
      expect(Math.abs(weight[i * outputs + row]! * scales[row]! - value)).toBeLessThanOrEqual(
        scales[row]! * 0.501,
      );
    });
  }
});

test('a row of zeros stays zero', () => {
  const { weight, scales } = quantise('int8-columns', Float32Array.of(0, 0, 1, -2), 2, 2);
  expect([...weight]).toEqual([0, 64, 0, -127]);
  expect(scales[0]).toBe(1);
});

test('rows of a table keep their order, each with its scale', () => {
  const { weight, scales } = quantise('int8-rows', Float32Array.of(1, -2, 0.5, 0, 0, 0), 2, 3);
  expect([...weight]).toEqual([64, -127, 32, 0, 0, 0]);
  expect([...scales]).toEqual([Math.fround(2 / 127), 1]);
});

test('in blocks of 4 bits the number farthest from zero is exact, the others within half a step, at the far end one', () => {
  const [rows, columns] = [2, 40];
  const matrix = Float32Array.from(
    { length: rows * columns },
    (_, i) => Math.sin(i * 1.7) * (i < 40 ? 1 : -5),
  );
  const { weight, scales } = quantise('int4-blocks', matrix, rows, columns);
  expect([weight.length, scales.length]).toEqual([2 * 2 * 16, 2 * 2]);
  matrix.forEach((value, place) => {
    const [row, column] = [Math.floor(place / columns), place % columns];
    const block = row * 2 + Math.floor(column / BLOCK_SIZE);
    const byte = weight[block * 16 + ((column % BLOCK_SIZE) >> 1)]!;
    const four = column % 2 ? byte >> 4 : byte & 15;
    const step = Math.abs(scales[block]!);
    expect(Math.abs((four - 8) * scales[block]! - value)).toBeLessThanOrEqual(
      step * (four === 15 ? 1.001 : 0.501),
    );
    if (Math.abs(value) >= step * 7.999) expect(four).toBe(0);
  });
  // What fills up the last block stands for zero.
  for (const block of [1, 3])
    expect(new Set(weight.subarray(block * 16 + 4, block * 16 + 16))).toEqual(new Set([0x88]));
});

test('a block of zeros stays zero', () => {
  const { weight, scales } = quantise('int4-blocks', new Float32Array(32), 1, 32);
  expect(new Set(weight)).toEqual(new Set([0x88]));
  expect([...scales].map(Math.abs)).toEqual([0]);
});
