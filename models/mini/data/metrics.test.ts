import { describe, expect, it } from 'vitest';
import { recallAt, select, similarities } from './metrics.ts';

const vectors = (...rows: number[][]) => ({ data: Float32Array.from(rows.flat()), length: rows[0]!.length });

describe('similarities', () => {
  it('multiplies every query with every candidate', () => {
    const result = similarities(vectors([1, 0], [1, 2]), vectors([3, 4], [0, 1], [1, 1]));
    expect(result).toEqual({ data: Float32Array.from([3, 0, 1, 11, 2, 3]), candidates: 3 });
  });
});

describe('recallAt', () => {
  const data = Float32Array.from([0.9, 0.1, 0.5, 0.2, 0.3, 0.4, 0.7, 0.8, 0.6]);

  it('counts the queries whose own candidate is among the first k', () => {
    const recall = recallAt({ data, candidates: 3 }, [0, 1, 2], [1, 2, 3]);
    expect(recall).toEqual({ 1: 1 / 3, 2: 2 / 3, 3: 1 });
  });

  it('takes queries that share a candidate', () => {
    expect(recallAt({ data, candidates: 3 }, [0, 2, 0], [1])).toEqual({ 1: 2 / 3 });
  });

  it('lets nothing be found by constant vectors', () => {
    expect(recallAt({ data: new Float32Array(9), candidates: 3 }, [0, 1, 2], [1, 2])).toEqual({ 1: 0, 2: 0 });
  });
});

describe('select', () => {
  it('takes rows in the order given', () => {
    expect(select(vectors([1, 2], [3, 4], [5, 6]), [2, 0])).toEqual(vectors([5, 6], [1, 2]));
  });
});
