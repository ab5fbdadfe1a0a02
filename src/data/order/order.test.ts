import { describe, expect, test } from 'vitest';
import { readJsonFixture } from '../../../test/support/fixtures.ts';
import { epochOrder, paddedLength, torchPermutation } from './order.ts';

interface Padding {
  readonly worldSize: number;
  readonly batchSize: number;
  readonly globalBatch: number;
  readonly length: number;
  /** By epoch, by rank: indices of the padded set. */
  readonly order?: Readonly<Record<string, readonly (readonly number[])[]>>;
}
interface Training {
  readonly numberSamples: number;
  readonly padding: readonly Padding[];
}

const expected = readJsonFixture<Record<string, { readonly training: Training }>>('lmdb/expected.json');

describe.each(['train', 'valid'])('%s', (split) => {
  const { numberSamples: pairs, padding } = expected[split]!.training;

  test.each(padding)('padded to whole batches of $worldSize × $batchSize', ({ globalBatch, length }) => {
    expect(paddedLength(pairs, globalBatch)).toBe(length);
  });

  test.each(padding.filter(({ order }) => order))(
    'the order of every rank of $worldSize × $batchSize is the reference trainer’s',
    ({ order, worldSize, batchSize }) => {
      for (const [epoch, ranks] of Object.entries(order!)) {
        for (const [rank, indices] of ranks.entries()) {
          const options = { pairs, batchSize, worldSize, rank, epoch: Number(epoch), seed: 123 };
          expect([...epochOrder(options)]).toEqual(indices.map((index) => index % pairs));
        }
      }
    },
  );
});

test('all ranks together take every place once, and the first ones again', () => {
  for (const [pairs, batchSize, worldSize] of [
    [1, 1, 1],
    [10, 4, 3],
    [7, 16, 2],
    [100, 5, 4],
  ] as const) {
    const taken = Array.from({ length: worldSize }, (_, rank) => [
      ...epochOrder({ pairs, batchSize, worldSize, rank, epoch: 5, seed: 9 }),
    ]);
    const length = paddedLength(pairs, batchSize * worldSize);
    expect(taken.map((own) => own.length)).toEqual(taken.map(() => length / worldSize));
    const sorted = taken.flat().sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length }, (_, i) => i % pairs).sort((a, b) => a - b));
  }
});

// torch 2.13: torch.randperm(n, generator=torch.Generator().manual_seed(7)), its first and last three.
test.each([
  [30_000, [21615, 6441, 29051, 11100, 3550, 2344]],
  [100_000, [41615, 23657, 92717, 52301, 18202, 73623]],
])('a permutation of %i is torch’s', (length, ends) => {
  const order = torchPermutation(length, 7);
  expect([...order.slice(0, 3), ...order.slice(-3)]).toEqual(ends);
});

test.each([
  ['pairs', { pairs: 0, batchSize: 1 }],
  ['batchSize', { pairs: 1, batchSize: 1.5 }],
  ['rank', { pairs: 1, batchSize: 1, worldSize: 2, rank: 2 }],
  ['seed', { pairs: 1, batchSize: 1, seed: -1 }],
])('a wrong %s is named', (name, options) => {
  expect(() => epochOrder(options)).toThrow(
    expect.objectContaining({ value: expect.objectContaining({ name }) }),
  );
});
