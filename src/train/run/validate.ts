import { throwIfAborted } from '../../base/index.ts';
import { normaliseRows } from '../../clip/index.ts';
import { type DataSet, epochOrder, type Id, idKey, type Pair } from '../../data/index.ts';
import { nearest, type Recall, type Rows, recallOf } from '../../evaluate/index.ts';
import type { ClipObjective } from '../clip-objective.ts';
import { accuracies, contrastiveLossOf, logitsOf } from './in-batch.ts';
import type { Loader } from './loader.ts';

/** What a validation found. */
export interface Validation {
  /** Mean loss of the batches, one right answer a row. */
  readonly loss: number;
  /** Shares of pictures whose text is the nearest of its batch, and of texts whose picture is. */
  readonly imageToText: number;
  readonly textToImage: number;
  /** Recall over the whole set in percent: pictures that texts find, and texts that pictures find. */
  readonly textRecall: Recall;
  readonly imageRecall: Recall;
  readonly samples: readonly SampleQuery[];
}

/** A text of the set with the pictures it finds, best first. */
export interface SampleQuery {
  readonly text: string;
  readonly pictures: readonly { readonly id: Id; readonly cosine: number; readonly right: boolean }[];
}

export interface ValidationOptions {
  readonly data: DataSet;
  readonly batch: number;
  readonly seed: number;
  readonly loader: Loader;
  readonly encode: ClipObjective['encode'];
  /** exp(logit_scale). */
  readonly scale: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

const DEPTH = 10;
const SAMPLES = 4;
const SAMPLE_DEPTH = 3;

/**
 * In-batch loss and accuracies, means over all pairs in the order in which Chinese-CLIP's trainer validates; and recall
 * over the whole set, which its trainer leaves to other scripts.
 */
export async function validate(options: ValidationOptions): Promise<Validation> {
  const { data, seed, loader, encode, scale, signal } = options;
  const { pairs } = await data.counts();
  const batch = Math.min(options.batch, pairs);
  const order = epochOrder({ pairs, batchSize: batch, seed });
  const [images, texts, seen] = [gallery(), gallery(), [] as Pair[]];
  const sums = { loss: 0, imageToText: 0, textToImage: 0, rows: 0 };
  for (let first = 0; first < order.length; first += batch) {
    throwIfAborted('training', signal);
    const asked = await loader.pairs([...order.subarray(first, first + batch)]);
    const { pixels, rows } = await loader.pictures(asked.map(({ imageId }) => imageId));
    const found = rows.map((row) => asked[row]!);
    const imageVectors = await encode('image', pixels);
    const textVectors = await encode('text', loader.tokens(found.map(({ text }) => text)));
    const logits = logitsOf(imageVectors, textVectors, found.length, scale);
    const { imageToText, textToImage } = accuracies(logits);
    sums.loss += contrastiveLossOf(logits) * found.length;
    sums.imageToText += imageToText * found.length;
    sums.textToImage += textToImage * found.length;
    sums.rows += found.length;
    images.add(
      found.map(({ imageId }) => idKey(imageId)),
      imageVectors,
    );
    texts.add(
      found.map(({ textId }) => idKey(textId)),
      textVectors,
    );
    seen.push(...found);
  }
  return {
    loss: sums.loss / sums.rows,
    imageToText: sums.imageToText / sums.rows,
    textToImage: sums.textToImage / sums.rows,
    ...(await retrieval(seen, images, texts, options)),
  };
}

/** Recall both ways, and what some texts find. */
async function retrieval(
  pairs: readonly Pair[],
  images: Gallery,
  texts: Gallery,
  { threads, signal }: ValidationOptions,
): Promise<Pick<Validation, 'textRecall' | 'imageRecall' | 'samples'>> {
  const running = { ...(threads ? { threads } : {}), ...(signal ? { signal } : {}) };
  const [picturesOf, textsOf] = [new Map<number, Set<number>>(), new Map<number, Set<number>>()];
  const place = ({ imageId, textId }: Pair) =>
    [texts.place(idKey(textId)), images.place(idKey(imageId))] as const;
  for (const pair of pairs) {
    const [text, image] = place(pair);
    setOf(picturesOf, text).add(image);
    setOf(textsOf, image).add(text);
  }
  const forTexts = await nearest(texts.rows(), images.rows(), DEPTH, running);
  const forImages = await nearest(images.rows(), texts.rows(), DEPTH, running);
  const ids = new Map(pairs.map((pair) => [place(pair)[1], pair.imageId]));
  const shown = new Map(pairs.map((pair) => [place(pair)[0], pair.text]));
  const samples = [...shown].slice(0, SAMPLES).map(([text, words]): SampleQuery => {
    const at = text * DEPTH;
    const found = [...forTexts.places.subarray(at, at + SAMPLE_DEPTH)].filter((image) => image >= 0);
    return {
      text: words,
      pictures: found.map((image, i) => ({
        id: ids.get(image)!,
        cosine: forTexts.scores[at + i]!,
        right: picturesOf.get(text)!.has(image),
      })),
    };
  });
  return {
    textRecall: recallOf(ranksIn(forTexts.places, picturesOf)),
    imageRecall: recallOf(ranksIn(forImages.places, textsOf)),
    samples,
  };
}

/** The rank of the first right answer of each query, Infinity beyond the depth. */
function ranksIn(places: ArrayLike<number>, right: ReadonlyMap<number, ReadonlySet<number>>): number[] {
  return Array.from({ length: right.size }, (_, query) => {
    for (let i = 0; i < DEPTH; i++) if (right.get(query)!.has(places[query * DEPTH + i]!)) return i + 1;
    return Number.POSITIVE_INFINITY;
  });
}

interface Gallery {
  /** Takes what is not there yet, and scales it to length 1. */
  add(keys: readonly string[], vectors: Float32Array): void;
  place(key: string): number;
  rows(): Rows;
}

function gallery(): Gallery {
  const places = new Map<string, number>();
  const parts: Float32Array[] = [];
  return {
    add(keys, vectors) {
      const dim = vectors.length / keys.length;
      keys.forEach((key, i) => {
        if (places.has(key)) return;
        places.set(key, parts.length);
        parts.push(normaliseRows(vectors.slice(i * dim, (i + 1) * dim), dim));
      });
    },
    place: (key) => places.get(key)!,
    rows() {
      const dim = parts[0]!.length;
      const data = new Float32Array(parts.length * dim);
      parts.forEach((part, i) => {
        data.set(part, i * dim);
      });
      return { data, count: parts.length, dim };
    },
  };
}

function setOf(sets: Map<number, Set<number>>, key: number): Set<number> {
  const known = sets.get(key);
  if (known) return known;
  const made = new Set<number>();
  sets.set(key, made);
  return made;
}
