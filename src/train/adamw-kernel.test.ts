import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { MODULE, updateWeights } from './adamw-kernel.ts';

test('the module is what its source assembles to', async () => {
  const source = await readFile(new URL('./adamw.wat', import.meta.url), 'utf8');
  const { buffer } = (await wabt()).parseWat('adamw.wat', source, { simd: true }).toBinary({});
  expect(MODULE).toBe(Buffer.from(buffer).toString('base64'));
});

test.each([1, 3, 4, 4095, 4096, 4097, 10_001])(
  '%i numbers are moved as the formula says, and no others',
  (length) => {
    const make = (offset: number) => Float32Array.from({ length }, (_, i) => Math.sin(i + offset));
    const [weight, gradient, first] = [make(1), make(2), make(3)];
    const second = make(4).map(Math.abs);
    const update = { keep: 0.99, stepSize: 0.1, correction: 3, beta1: 0.9, beta2: 0.98, epsilon: 1e-6 };
    const expected = Array.from(weight, (w, i) => {
      const m = first[i]! + 0.1 * (gradient[i]! - first[i]!);
      const v = 0.98 * second[i]! + 0.02 * gradient[i]! ** 2;
      return { m, v, w: 0.99 * w - (0.1 * m) / (3 * Math.sqrt(v) + 1e-6) };
    });
    const before = gradient.slice();
    updateWeights(weight, gradient, first, second, update);
    expected.forEach(({ m, v, w }, i) => {
      expect(Math.abs(first[i]! - m)).toBeLessThan(1e-6);
      expect(Math.abs(second[i]! - v)).toBeLessThan(1e-6);
      expect(Math.abs(weight[i]! - w)).toBeLessThan(1e-5);
    });
    expect(gradient).toEqual(before);
  },
);
