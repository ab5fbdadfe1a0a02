import { type OnProgress, progressMeter, TuwenError, throwIfAborted } from '../../base/index.ts';
import { type CandidateFinder, type Candidates, candidateFinder } from './candidates.ts';
import { admit, type Leaders, noLeaders, worstLeader } from './leaders.ts';
import { innerProduct, lengths, type Rows, rowsBetween } from './rows.ts';

/** Candidates beyond k, so that rounding in float32 seldom leaves a doubt. */
const SPARE = 8;
/** Rows of a matrix product: queries, and vectors of the gallery. Their scores take 16 MB. */
const QUERY_ROWS = 512;
const BLOCK_ROWS = 8192;
/** The rounding error of a float32 operation. */
const ROUNDING = 2 ** -24;

export interface NearestOptions {
  /** Threads of the matrix products. Default: one for each processor. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Queries × vectors compared so far, in the unit `pair`. */
  readonly onProgress?: OnProgress;
}

/** The k best of each query: places in the gallery from 0, and inner products, both queries × k, best first. */
export type Nearest = Leaders;

/**
 * The k vectors of a gallery with the largest inner product for every query, exactly: products are summed in double
 * precision, equal ones rank in the gallery's order, and so the result depends neither on blocks nor on threads. Matrix
 * products in float32 pick the candidates; their rounding error has a bound (Higham 2002, Accuracy and Stability of
 * Numerical Algorithms, section 3.1), and a block whose candidates might not be all within it is compared in full.
 *
 * @param gallery Vectors, or blocks of them one after another, of which one is held at a time.
 * @param k At most as many as the gallery has are found; the other places stay −1.
 * @throws TUWEN_BAD_ARGUMENT for k below 1 or vectors of another length, TUWEN_CANCELLED, TUWEN_ENGINE_FAILED
 */
export async function nearest(
  queries: Rows,
  gallery: Rows | AsyncIterable<Rows>,
  k: number,
  { threads, signal, onProgress }: NearestOptions = {},
): Promise<Nearest> {
  if (!Number.isInteger(k) || k < 1) {
    throw new TuwenError('TUWEN_BAD_ARGUMENT', {
      name: 'k',
      got: k,
      expected: 'a whole number of at least 1',
    });
  }
  const leaders = noLeaders(queries.count, k);
  const total = 'data' in gallery ? queries.count * gallery.count : undefined;
  const meter = progressMeter('pair', total, onProgress);
  const queryLengths = lengths(queries);
  const finder = await candidateFinder(queries.dim, k + SPARE, threads);
  try {
    let first = 0;
    for await (const block of blocksOf(gallery)) {
      needDim(queries, block);
      const slack = block.dim * ROUNDING * lengths(block).reduce((a, b) => Math.max(a, b), 0);
      for (let from = 0; from < queries.count; from += QUERY_ROWS) {
        throwIfAborted('run', signal);
        const to = Math.min(from + QUERY_ROWS, queries.count);
        const search = { queries, from, to, block, first, leaders, queryLengths, slack };
        await searchBlock(finder, search);
        meter.advance((to - from) * block.count);
      }
      first += block.count;
    }
  } finally {
    await finder.close();
  }
  return leaders;
}

/** Some queries and a block of the gallery. */
interface BlockSearch {
  readonly queries: Rows;
  readonly from: number;
  readonly to: number;
  readonly block: Rows;
  /** The place of the block's first row in the gallery. */
  readonly first: number;
  readonly leaders: Leaders;
  readonly queryLengths: Float64Array;
  /** How far a float32 score can be from the exact one, for a query of length 1. */
  readonly slack: number;
}

async function searchBlock(finder: CandidateFinder, search: BlockSearch): Promise<void> {
  const { queries, from, to, block, leaders } = search;
  if (block.count < leaders.k + SPARE) {
    for (let query = from; query < to; query++) compareAll(search, query);
    return;
  }
  const candidates = await finder.find(rowsBetween(queries, from, to), block);
  for (let query = from; query < to; query++) {
    if (!compareCandidates(search, query, candidates)) compareAll(search, query);
  }
}

/** Compares the candidates of a query exactly; returns whether nothing else of the block can be among its best. */
function compareCandidates(search: BlockSearch, query: number, candidates: Candidates): boolean {
  const { queries, from, block, first, leaders, queryLengths, slack } = search;
  const { each, scores, places } = candidates;
  const error = slack * queryLengths[query]!;
  const start = (query - from) * each;
  for (let i = start; i < start + each; i++) {
    if (scores[i]! + error < worstLeader(leaders, query)) return true;
    const place = places[i]!;
    admit(leaders, query, first + place, innerProduct(queries, query, block, place));
  }
  return scores[start + each - 1]! + error < worstLeader(leaders, query);
}

/** Compares a query with every row of the block; what is among its best already is left out. */
function compareAll({ queries, block, first, leaders }: BlockSearch, query: number): void {
  const { k, places } = leaders;
  const known = new Set(places.subarray(query * k, (query + 1) * k));
  for (let place = 0; place < block.count; place++) {
    if (!known.has(first + place)) {
      admit(leaders, query, first + place, innerProduct(queries, query, block, place));
    }
  }
}

async function* blocksOf(gallery: Rows | AsyncIterable<Rows>): AsyncGenerator<Rows> {
  const parts = 'data' in gallery ? [gallery] : gallery;
  for await (const part of parts) {
    for (let from = 0; from < part.count; from += BLOCK_ROWS) {
      yield rowsBetween(part, from, Math.min(from + BLOCK_ROWS, part.count));
    }
  }
}

function needDim(queries: Rows, block: Rows): void {
  if (block.dim === queries.dim) return;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', {
    name: 'gallery',
    got: `vectors of ${block.dim}`,
    expected: `vectors of ${queries.dim} numbers, as the queries`,
  });
}
