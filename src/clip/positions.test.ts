import { beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/support/fixtures.ts';
import { largestDifference } from '../../test/support/numbers.ts';
import { fromFloat32, readSafetensors, type StateDict, toFloat32 } from '../weights/index.ts';
import { resizePositions } from './positions.ts';

let tables: StateDict;
beforeAll(async () => {
  tables = await readSafetensors(fixture('init/positions.safetensors'));
});

describe('a table of positions', () => {
  test.each([
    ['3x3-5x5', 5],
    ['7x7-3x3', 3],
  ] as const)('%s is resized as PyTorch does', (name, side) => {
    const resized = resizePositions(tables.get(`${name}.source`)!, side);
    const expected = tables.get(`${name}.expected`)!;
    expect(resized.shape).toEqual(expected.shape);
    expect(largestDifference(toFloat32(resized), toFloat32(expected))).toBeLessThan(1e-5);
  });

  test('of the right size stays itself', () => {
    const table = tables.get('3x3-3x3.source')!;
    expect(resizePositions(table, 3)).toBe(table);
    expect(largestDifference(toFloat32(table), toFloat32(tables.get('3x3-3x3.expected')!))).toBe(0);
  });

  test('keeps the class token and the corners, and a single patch spreads over all', () => {
    const table = fromFloat32(Float32Array.of(9, 1, 2, 3, 4), [5, 1]);
    const [token, ...grid] = toFloat32(resizePositions(table, 3));
    expect(token).toBe(9);
    expect([grid[0], grid[2], grid[6], grid[8]]).toEqual([1, 2, 3, 4]);
    expect(grid[4]).toBeCloseTo(2.5, 6);
    expect([...toFloat32(resizePositions(fromFloat32(Float32Array.of(9, 5), [2, 1]), 2))]).toEqual([
      9, 5, 5, 5, 5,
    ]);
  });
});
