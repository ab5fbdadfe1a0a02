import { expect, test } from 'vitest';
import { quantise } from './quantise.ts';

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
