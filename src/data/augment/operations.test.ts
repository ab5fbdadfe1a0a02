import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fixture, readJsonFixture } from '../../../test/support/fixtures.ts';
import { type Fill, rotate, shearX } from './affine.ts';
import { color, contrast, sharpness } from './enhance.ts';
import type { Rgb } from './image.ts';
import { OPERATIONS, type OperationName, POLICY } from './policy.ts';
import { autoContrast, equalize, invert, posterize, solarize } from './tone.ts';

interface Case {
  readonly op: string;
  readonly value: number | null;
  readonly size: readonly [number, number];
  readonly input: readonly [number, number];
  readonly expected: readonly [number, number];
}

interface Recorded {
  readonly fill: Fill;
  readonly cases: readonly Case[];
  readonly levels: readonly { op: OperationName; level: number; arguments: readonly number[][] }[];
  readonly policy: unknown;
}

const recorded = readJsonFixture<Recorded>('pixels/augment.json');
const bytes = new Uint8Array(gunzipSync(readFileSync(fixture('pixels/augment.bin.gz'))));
const part = ([offset, length]: readonly [number, number]) => bytes.slice(offset, offset + length);

const OF_PILLOW: Readonly<Record<string, (image: Rgb, value: number, fill: Fill) => Rgb>> = {
  rotate,
  shear_x: shearX,
  auto_contrast: autoContrast,
  equalize,
  invert,
  solarize,
  posterize,
  color,
  contrast,
  sharpness,
};

describe('operations', () => {
  const cases = recorded.cases.filter(({ op }) => op in OF_PILLOW);

  test('are all recorded', () => {
    expect([...new Set(cases.map(({ op }) => op))].sort()).toEqual(Object.keys(OF_PILLOW).sort());
  });

  test.each(cases.map((each, i) => ({ ...each, i })))(
    '$op $value, case $i, is as Pillow computes it',
    (each) => {
      const [width, height] = each.size;
      const image = { width, height, data: part(each.input) };
      const { data } = OF_PILLOW[each.op]!(image, each.value ?? 0, recorded.fill);
      const expected = part(each.expected);
      const largest = data.reduce((most, byte, i) => Math.max(most, Math.abs(byte - expected[i]!)), 0);
      expect(data.length).toBe(expected.length);
      expect(largest).toBeLessThanOrEqual(each.op === 'rotate' || each.op === 'shear_x' ? 1 : 0);
      expect(image.data).toEqual(part(each.input));
    },
  );
});

describe('the policy', () => {
  test('is that of the reference', () => {
    expect(POLICY).toEqual(recorded.policy);
  });

  test.each(recorded.levels)(
    '$op at level $level takes the recorded argument',
    ({ op, level, arguments: given }) => {
      const operation = OPERATIONS[op];
      const value = operation.argument(level);
      const possible = 'signed' in operation ? [-value, value] : [value];
      expect(possible).toEqual(given.flat());
    },
  );
});
