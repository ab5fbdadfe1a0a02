import { createRandom } from '../../../src/base/random.ts';
import type { RawImage } from '../../../src/clip/index.ts';
import { preprocess } from '../../../src/clip/pixels/index.ts';
import type { Concept } from './concepts.ts';
import { recallAt, select, similarities, type Vectors } from './metrics.ts';
import { PICTURE_LENGTH, PICTURE_SIZE } from './picture.ts';
import { SPRITE_BYTES, SPRITE_SIZE, type Sprites } from './sprites.ts';
import { type Synonym, synonymTest } from './synonyms.ts';

/** Which concepts each test asks, as positions in the list of concepts. */
export interface TestSets {
  trained: number[];
  /** The concrete ones of the trained. */
  concrete: number[];
  heldOut: number[];
  /** All concrete concepts: candidates when the held-out ones are mixed with the trained. */
  concreteAll: number[];
  synonyms: Synonym[];
}

export function testSets(concepts: readonly Concept[]): TestSets {
  const where = (test: (concept: Concept) => boolean) =>
    concepts.flatMap((concept, position) => (test(concept) ? [position] : []));
  return {
    trained: where((concept) => !concept.heldOut),
    concrete: where((concept) => concept.concrete && !concept.heldOut),
    heldOut: where((concept) => concept.heldOut),
    concreteAll: where((concept) => concept.concrete),
    synonyms: synonymTest(concepts),
  };
}

/** What a picture is laid on: white, or a flat colour of its own. */
export type TestGround = 'white' | 'flat';

/** The test pictures of the concepts, in their order. */
export function testImages(
  concepts: readonly Concept[],
  { records, pixels }: Sprites,
  ground: TestGround,
  seed = 0,
): RawImage[] {
  const random = createRandom(seed);
  const positions = new Map(records.map(({ hexcode }, position) => [hexcode, position]));
  return concepts.map(({ hexcode }) => {
    const start = positions.get(hexcode)! * SPRITE_BYTES;
    const colour = [0, 1, 2].map(() => (ground === 'white' ? 255 : random.below(256)));
    return onGround(pixels.subarray(start, start + SPRITE_BYTES), colour);
  });
}

/** The same as normalised planes, 3 × 64 × 64 each. */
export function testPictures(images: readonly RawImage[]): Float32Array {
  const pictures = new Float32Array(images.length * PICTURE_LENGTH);
  images.forEach((image, i) => {
    preprocess(image, { size: PICTURE_SIZE }, pictures, i * PICTURE_LENGTH);
  });
  return pictures;
}

/** Lays a sprite on a ground. */
function onGround(sprite: Uint8Array, ground: readonly number[]): RawImage {
  const data = new Uint8Array(SPRITE_SIZE * SPRITE_SIZE * 3);
  for (let i = 0, j = 0; i < SPRITE_BYTES; i += 4, j += 3) {
    const seen = 1 - sprite[i + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      data[j + channel] = Math.min(255, Math.round(sprite[i + channel]! + ground[channel]! * seen));
    }
  }
  return { data, width: SPRITE_SIZE, height: SPRITE_SIZE, channels: 3 };
}

/** What the tests need of a model: unit vectors of all concepts, in their order, and of the synonyms. */
export interface TestVectors {
  /** Pictures on white ground. */
  white: Vectors;
  /** The same on flat grounds. */
  flat: Vectors;
  /** Labels in templates, for classification. */
  classes: Vectors;
  /** Bare labels, for retrieval. */
  labels: Vectors;
  synonyms: Vectors;
}

/** Shares of right answers, by rank. */
export type Scores = ReturnType<typeof score>;

/** The figures of the model card. */
export function score({ white, flat, classes, labels, synonyms }: TestVectors, sets: TestSets) {
  const classify = (pictures: Vectors, asked: readonly number[], candidates: readonly number[]) => {
    const right = asked.map((concept) => candidates.indexOf(concept));
    return recallAt(similarities(select(pictures, asked), select(classes, candidates)), right, [1, 5]);
  };
  const gallery = select(white, sets.trained);
  const captions = select(labels, sets.trained);
  const own = sets.trained.map((_, i) => i);
  const positions = new Map(sets.trained.map((concept, i) => [concept, i]));
  return {
    trainedOnWhite: classify(white, sets.trained, sets.trained),
    trainedOnFlat: classify(flat, sets.trained, sets.trained),
    concrete: classify(white, sets.concrete, sets.concrete),
    textToImage: recallAt(similarities(captions, gallery), own, [1, 5, 10]),
    imageToText: recallAt(similarities(gallery, captions), own, [1, 5, 10]),
    synonymToImage: recallAt(
      similarities(synonyms, gallery),
      sets.synonyms.map((synonym) => positions.get(synonym.concept)!),
      [1, 5, 10],
    ),
    heldOut: classify(white, sets.heldOut, sets.heldOut),
    heldOutAmongAll: classify(
      white,
      sets.heldOut.filter((concept) => sets.concreteAll.includes(concept)),
      sets.concreteAll,
    ),
  };
}
