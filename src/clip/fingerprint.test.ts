import { expect, test } from 'vitest';
import { fixture } from '../../test/support/fixtures.ts';
import { fromFloat32, type StateDict, toFloat32 } from '../weights/index.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readModel } from './layouts/index.ts';

test('is that of the weights, in whatever order and type they are stored', async () => {
  const { weights } = await readModel(fixture('tiny-hf'));
  const fingerprint = fingerprintOf(weights);
  expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
  const halves: StateDict = new Map(
    [...weights]
      .reverse()
      .map(([name, tensor]) => [
        name,
        tensor.dtype === 'I64' ? tensor : fromFloat32(toFloat32(tensor), tensor.shape, 'F16'),
      ]),
  );
  expect(fingerprintOf(halves)).toBe(fingerprint);
  for (const name of ['logit_scale', 'visual.proj', 'text_projection']) {
    const tensor = weights.get(name)!;
    const scaled = fromFloat32(
      toFloat32(tensor).map((value) => value * 1.01),
      tensor.shape,
    );
    expect(fingerprintOf(new Map([...weights, [name, scaled]]))).not.toBe(fingerprint);
  }
});
