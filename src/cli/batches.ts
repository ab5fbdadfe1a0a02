import { TuwenError } from '../base/index.ts';
import type { Picture } from './inputs.ts';

/** Gathers items into lists of at most `size`; a list ends where `kind` changes. */
export async function* gathered<T>(
  items: AsyncIterable<T>,
  size: number,
  kind: (item: T) => unknown = () => undefined,
): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.length === size || (batch[0] !== undefined && kind(batch[0]) !== kind(item))) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length > 0) yield batch;
}

/** A picture with its result, or with the reason why there is none. */
export type Outcome<R> = { readonly picture: Picture } & (
  | { readonly result: R }
  | { readonly error: TuwenError }
);

/**
 * Runs pictures batch by batch, the next batch begun while one is under way, and gives their outcomes in order. A
 * picture that cannot be read is left out, and the rest of its batch runs without it.
 */
export async function* outcomes<R>(
  pictures: AsyncIterable<Picture>,
  size: number,
  run: (pictures: readonly Picture[]) => Promise<R[]>,
): AsyncGenerator<Outcome<R>, void, undefined> {
  let ready: Promise<Outcome<R>[]> | undefined;
  for await (const batch of gathered(pictures, size, ({ official }) => official)) {
    const next = batchOutcomes(batch, run);
    next.catch(() => {}); // Thrown when its turn comes.
    if (ready) yield* await ready;
    ready = next;
  }
  if (ready) yield* await ready;
}

async function batchOutcomes<R>(
  pictures: readonly Picture[],
  run: (pictures: readonly Picture[]) => Promise<R[]>,
): Promise<Outcome<R>[]> {
  if (pictures.length === 0) return [];
  try {
    const results = await run(pictures);
    return pictures.map((picture, i) => ({ picture, result: results[i]! }));
  } catch (cause) {
    const place = placeOf(cause);
    const picture = place === undefined ? undefined : pictures[place];
    if (place === undefined || picture === undefined) throw cause;
    const rest = await batchOutcomes(pictures.toSpliced(place, 1), run);
    return rest.toSpliced(place, 0, { picture, error: errorOf(picture.source, cause as TuwenError) });
  }
}

/** Which picture of a batch an error is about. */
export function placeOf(error: unknown): number | undefined {
  if (!(error instanceof TuwenError) || !error.code.startsWith('TUWEN_IMAGE_')) return undefined;
  return (error.value as { index?: number }).index;
}

/** The error named by the picture as the user gave it, not by its place in a batch. */
export function errorOf(source: string, { code, value, cause }: TuwenError): TuwenError {
  const { index: _, ...rest } = value as { index?: number };
  return new TuwenError(code, { ...rest, source } as never, { cause });
}
