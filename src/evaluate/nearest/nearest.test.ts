import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/index.ts';
import { nearest } from './nearest.ts';
import type { Rows } from './rows.ts';

/** Numbers between −½ and ½. */
function randomRows(count: number, dim: number, seed: number): Rows {
  const { uniform } = createRandom(seed);
  return { data: Float32Array.from({ length: count * dim }, () => uniform() - 0.5), count, dim };
}

/** Every pair compared and sorted: what `nearest` must agree with. */
function sorted(queries: Rows, gallery: Rows, k: number): number[][] {
  return Array.from({ length: queries.count }, (_, q) => {
    const scores = Array.from({ length: gallery.count }, (_, g) => {
      let sum = 0;
      for (let i = 0; i < gallery.dim; i++) {
        sum += queries.data[q * gallery.dim + i]! * gallery.data[g * gallery.dim + i]!;
      }
      return sum;
    });
    return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k);
  });
}

const placesOf = ({ places, k }: { places: Int32Array; k: number }, count: number) =>
  Array.from({ length: count }, (_, q) => [...places.subarray(q * k, (q + 1) * k)]);

/** The same rows in pieces. */
async function* inPieces({ data, count, dim }: Rows, size: number): AsyncGenerator<Rows> {
  for (let from = 0; from < count; from += size) {
    const to = Math.min(from + size, count);
    yield { data: data.subarray(from * dim, to * dim), count: to - from, dim };
  }
}

describe('the nearest', () => {
  const queries = randomRows(530, 12, 1);
  const gallery = randomRows(9000, 12, 2);
  const expected = sorted(queries, gallery, 10);

  test('are those of comparing every pair, over several blocks of queries and gallery', async () => {
    expect(placesOf(await nearest(queries, gallery, 10), queries.count)).toEqual(expected);
  });

  test.each([7, 100, 4096])('do not depend on blocks: %i rows at a time, one thread', async (size) => {
    const found = await nearest(queries, inPieces(gallery, size), 10, { threads: 1 });
    expect(placesOf(found, queries.count)).toEqual(expected);
  });

  test('equal vectors rank in the order of the gallery, however many there are', async () => {
    const one = randomRows(1, 33, 3);
    const data = new Float32Array(3000 * 33);
    for (let i = 0; i < 3000; i++) data.set(one.data, i * 33);
    const same = { data, count: 3000, dim: 33 };
    const found = await nearest(randomRows(5, 33, 4), inPieces(same, 1000), 12);
    for (const places of placesOf(found, 5)) expect(places).toEqual([...Array(12).keys()]);
  });

  test('differences that float32 sums lose still decide', async () => {
    // 1 + 2⁻³⁰ cannot be told from 1 in float32; the later of the two is the larger.
    const dim = 4;
    const small = 2 ** -30;
    const data = new Float32Array(64 * dim);
    for (let i = 0; i < 64; i++) data.set([1, i * small, 0, 0], i * dim);
    const query = { data: Float32Array.of(1, 1, 0, 0), count: 1, dim };
    const found = await nearest(query, { data, count: 64, dim }, 3);
    expect([...found.places]).toEqual([63, 62, 61]);
  });

  test('a gallery of fewer than k leaves the rest open', async () => {
    const found = await nearest(randomRows(2, 3, 5), randomRows(2, 3, 6), 4);
    for (const places of placesOf(found, 2)) expect(places.slice(2)).toEqual([-1, -1]);
  });

  test('wrong arguments and a signal are errors', async () => {
    await expect(nearest(queries, gallery, 0)).rejects.toMatchObject({ code: 'TUWEN_BAD_ARGUMENT' });
    await expect(nearest(queries, randomRows(5, 11, 1), 3)).rejects.toMatchObject({
      code: 'TUWEN_BAD_ARGUMENT',
    });
    const signal = AbortSignal.abort();
    await expect(nearest(queries, gallery, 3, { signal })).rejects.toMatchObject({ code: 'TUWEN_CANCELLED' });
  });
});
