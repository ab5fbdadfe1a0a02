import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

const COUNT = 100_000;

describe('createRandom', () => {
  it('follows xoshiro128**', () => {
    // The first numbers from the state 1, 2, 3, 4, by the authors' own definition: 11520, 0, 5927040.
    const random = createRandom({ words: [1, 2, 3, 4] });
    expect([1, 2, 3].map(() => random.uniform() * 2 ** 32)).toEqual([11520, 0, 5927040]);
  });

  it('repeats itself for a seed and differs between seeds', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => {
      const random = createRandom(seed);
      return Array.from({ length: 8 }, () => random.uniform());
    });
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('goes on exactly from a state that went through JSON', () => {
    const random = createRandom(3);
    random.normal();
    const copy = createRandom(JSON.parse(JSON.stringify(random.state())));
    const draw = (source: typeof random) => [
      source.normal(),
      source.uniform(),
      source.below(10),
      source.normal(),
    ];
    expect(draw(copy)).toEqual(draw(random));
  });

  it('is uniform', () => {
    const random = createRandom(1);
    const counts = new Array(7).fill(0);
    for (let i = 0; i < COUNT; i++) counts[random.below(7)]++;
    // Six standard deviations of a binomial count.
    for (const count of counts)
      expect(Math.abs(count - COUNT / 7)).toBeLessThan(6 * Math.sqrt((COUNT * 6) / 49));
  });

  it('has normal deviates of mean 0 and variance 1', () => {
    const random = createRandom(2);
    let [sum, squares] = [0, 0];
    for (let i = 0; i < COUNT; i++) {
      const x = random.normal();
      sum += x;
      squares += x * x;
    }
    expect(Math.abs(sum / COUNT)).toBeLessThan(0.02);
    expect(Math.abs(squares / COUNT - 1)).toBeLessThan(0.03);
  });

  it('shuffles in place and keeps every element', () => {
    const array = Array.from({ length: 100 }, (_, i) => i);
    const shuffled = createRandom(5).shuffle(array);
    expect(shuffled).toBe(array);
    expect(shuffled).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});
