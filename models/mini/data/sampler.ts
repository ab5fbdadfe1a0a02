import type { Random } from '../../../src/base/random.ts';
import type { Concept } from './concepts.ts';
import type { SpriteRecord } from './sprites.ts';
import type { StyleName } from './styles.ts';

/** Styles that share their shapes count half, so that one artist does not count three times. */
const SHARED_SHAPES: ReadonlySet<StyleName> = new Set([
  'fluent-emoji',
  'fluent-emoji-flat',
  'fluent-emoji-3d',
]);

/** The n-th picture of a batch shows the n-th concept. */
export interface Batch {
  /** Positions in the sprite file. */
  sprites: number[];
  /** Positions in the list of concepts. */
  concepts: number[];
}

/**
 * Draws batches with no concept twice: concepts by their weights, then one of the concept's sprites. Its only state is
 * the generator's, so a run resumes from that.
 */
export function createSampler(
  concepts: readonly Concept[],
  sprites: readonly SpriteRecord[],
): (size: number, random: Random) => Batch {
  const positions = new Map(concepts.map((concept, position) => [concept.hexcode, position]));
  const spritesOf: Weighted[] = concepts.map(() => ({ items: [], cumulative: [] }));
  sprites.forEach(({ hexcode, style }, sprite) => {
    add(spritesOf[positions.get(hexcode)!]!, sprite, SHARED_SHAPES.has(style) ? 0.5 : 1);
  });
  const all: Weighted = { items: [], cumulative: [] };
  concepts.forEach((concept, position) => {
    add(all, position, concept.weight);
  });

  return (size, random) => {
    const drawn = new Set<number>();
    while (drawn.size < size) drawn.add(draw(all, random));
    const batch = [...drawn];
    return { concepts: batch, sprites: batch.map((concept) => draw(spritesOf[concept]!, random)) };
  };
}

/** Items and the running sum of their weights. */
interface Weighted {
  items: number[];
  cumulative: number[];
}

function add({ items, cumulative }: Weighted, item: number, weight: number): void {
  items.push(item);
  cumulative.push((cumulative.at(-1) ?? 0) + weight);
}

/** One item by the weights: the first whose running sum exceeds a uniform number. */
function draw({ items, cumulative }: Weighted, random: Random): number {
  const mark = random.uniform() * cumulative.at(-1)!;
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > mark) high = middle;
    else low = middle + 1;
  }
  return items[low]!;
}
