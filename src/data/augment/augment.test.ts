import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/index.ts';
import type { Pixels } from '../../clip/index.ts';
import { augment, autoAugment, randomRectangle } from './index.ts';

function picture(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i * 31 + (i >> 5) * 7) % 256;
  return { mode: 'RGB', width, height, data };
}

const CROP = { scale: [0.9, 1], ratio: [3 / 4, 4 / 3] } as const;

describe('a random rectangle', () => {
  test.each([
    [640, 480],
    [300, 301],
    [33, 44],
  ])('of a %i × %i picture lies within it, with an area and a ratio in range', (width, height) => {
    const random = createRandom(1);
    const lefts = new Set<number>();
    for (let i = 0; i < 500; i++) {
      const part = randomRectangle(width, height, CROP, random);
      lefts.add(part.left);
      expect(part.left).toBeGreaterThanOrEqual(0);
      expect(part.top).toBeGreaterThanOrEqual(0);
      expect(part.left + part.width).toBeLessThanOrEqual(width);
      expect(part.top + part.height).toBeLessThanOrEqual(height);
      const rounding = (part.width + part.height) / (width * height);
      expect((part.width * part.height) / (width * height)).toBeGreaterThan(0.9 - rounding);
      expect(part.width / part.height).toBeGreaterThan(0.75 * (1 - 2 / part.height));
      expect(part.width / part.height).toBeLessThan((4 / 3) * (1 + 2 / part.height));
    }
    expect(lefts.size).toBeGreaterThan(1);
  });

  test.each([
    [1000, 100, { left: 433, top: 0, width: 133, height: 100 }],
    [100, 1000, { left: 0, top: 433, width: 100, height: 133 }],
    [1, 1, { left: 0, top: 0, width: 1, height: 1 }],
  ])('of a %i × %i picture that is too narrow is the middle', (width, height, middle) => {
    expect(randomRectangle(width, height, CROP, createRandom(7))).toEqual(middle);
  });
});

describe('augment', () => {
  test('gives RGB of the size asked for, the same for the same seed, and leaves its picture alone', () => {
    const original = picture(61, 47);
    const before = original.data.slice();
    const draw = (seed: number) => augment(original, 32, createRandom(seed));
    expect(draw(3)).toMatchObject({ width: 32, height: 32, channels: 3 });
    expect(draw(3).data).toEqual(draw(3).data);
    const different = new Set(Array.from({ length: 40 }, (_, seed) => draw(seed).data.join()));
    expect(different.size).toBeGreaterThan(30);
    expect(original.data).toEqual(before);
  });

  test('turns left to right half of the time, and never upside down', () => {
    // Left black, right white; the lower half is half as bright. Only rotation and shear move it otherwise.
    const data = new Uint8Array(32 * 32 * 3);
    for (let y = 0; y < 32; y++) data.fill(y < 16 ? 200 : 100, (y * 32 + 16) * 3, (y + 1) * 32 * 3);
    const original: Pixels = { mode: 'RGB', width: 32, height: 32, data };
    let turned = 0;
    const count = 400;
    const random = createRandom(11);
    for (let i = 0; i < count; i++) {
      const { data: out } = augment(original, 32, random);
      const spread = (x: number) => Math.abs(out[(8 * 32 + x) * 3]! - out[(24 * 32 + x) * 3]!);
      if (spread(4) > spread(27)) turned += 1;
    }
    expect(turned / count).toBeGreaterThan(0.4);
    expect(turned / count).toBeLessThan(0.6);
  });

  test.each(['P', 'RGBA', 'L'] as const)('takes pictures of mode %s', (mode) => {
    const channels = { P: 3, RGBA: 4, L: 1 }[mode];
    const data = new Uint8Array(20 * 10 * channels).fill(128);
    expect(augment({ mode, width: 20, height: 10, data }, 8, createRandom(0)).data.length).toBe(8 * 8 * 3);
  });

  test('draws every pair of the policy, and leaves a picture alone now and then', () => {
    const random = createRandom(5);
    const image = { width: 16, height: 16, data: new Uint8Array(picture(16, 16).data) };
    const results = Array.from({ length: 300 }, () => autoAugment(image, random, [1, 2, 3]).data.join());
    expect(new Set(results).size).toBeGreaterThan(25);
    expect(results).toContain(image.data.join());
  });
});
