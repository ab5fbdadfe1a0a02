/** Everything a generator needs to go on where it was: JSON-serialisable. */
export interface RandomState {
  /** The four 32-bit words of xoshiro128**. */
  words: [number, number, number, number];
  /** The second normal deviate of the last pair drawn, while not yet used. */
  spareNormal?: number;
}

/** A seeded source of random numbers: the same seed gives the same numbers on every platform. */
export interface Random {
  /** A number in [0, 1), of 32 random bits. */
  uniform(): number;
  /** A whole number in [0, n), for n up to 2³². */
  below(n: number): number;
  /** A deviate of the standard normal distribution. */
  normal(): number;
  /** Puts the elements in random order, in place. */
  shuffle<T>(array: T[]): T[];
  /** A copy of the present state; `createRandom(state)` goes on exactly from here. */
  state(): RandomState;
}

/**
 * A generator from a seed (a whole number; its low 32 bits count) or from the state of another.
 *
 * The algorithm is xoshiro128** 1.1 by D. Blackman and S. Vigna ("Scrambled linear pseudorandom number generators",
 * ACM TOMS 47(4), 2021), its state filled from the seed by a 32-bit SplitMix with MurmurHash3's finaliser.
 * Not for secrets.
 */
export function createRandom(seed: number | RandomState): Random {
  let [a, b, c, d] = typeof seed === 'number' ? wordsOf(seed) : seed.words;
  let spareNormal = typeof seed === 'number' ? undefined : seed.spareNormal;

  function next(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  function uniform(): number {
    return next() / 2 ** 32;
  }

  /** Rejects the few numbers that would make some results more likely than others. */
  function below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    let number = next();
    while (number >= limit) number = next();
    return number % n;
  }

  /** Marsaglia's polar method: two deviates a draw, the second kept. */
  function normal(): number {
    if (spareNormal !== undefined) {
      const spare = spareNormal;
      spareNormal = undefined;
      return spare;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    spareNormal = y * factor;
    return x * factor;
  }

  /** Fisher and Yates's shuffle. */
  function shuffle<T>(array: T[]): T[] {
    for (let last = array.length - 1; last > 0; last--) {
      const other = below(last + 1);
      const element = array[last]!;
      array[last] = array[other]!;
      array[other] = element;
    }
    return array;
  }

  function state(): RandomState {
    const words: RandomState['words'] = [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
    return spareNormal === undefined ? { words } : { words, spareNormal };
  }

  return { uniform, below, normal, shuffle, state };
}

/** Four successive numbers of SplitMix32; never all zero, which xoshiro could not leave. */
function wordsOf(seed: number): RandomState['words'] {
  let counter = seed | 0;
  const next = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return [next(), next(), next(), next()];
}
