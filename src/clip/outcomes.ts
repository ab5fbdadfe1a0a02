import { TuwenError } from '../base/index.ts';
import { gathered } from './batches.ts';

/** A picture as the outcomes of its kind name it. */
export interface NamedPicture {
  /** How messages name it. */
  readonly source: string;
}

/** A picture with its result, or with the reason why there is none. */
export type Outcome<P, R> = { readonly picture: P } & (
  | { readonly result: R }
  | { readonly error: TuwenError }
);

/**
 * Runs pictures batch by batch, the next batch begun while one is under way, and gives their outcomes in order. A
 * picture that cannot be read is left out, and the rest of its batch runs without it. A batch ends where `kind` changes.
 */
export async function* outcomes<P extends NamedPicture, R>(
  pictures: AsyncIterable<P>,
  size: number,
  run: (pictures: readonly P[]) => Promise<R[]>,
  kind?: (picture: P) => unknown,
): AsyncGenerator<Outcome<P, R>, void, undefined> {
  let ready: Promise<Outcome<P, R>[]> | undefined;
  for await (const batch of gathered(pictures, size, kind)) {
    const next = batchOutcomes(batch, run);
    next.catch(() => {}); // Thrown when its turn comes.
    if (ready) yield* await ready;
    ready = next;
  }
  if (ready) yield* await ready;
}

async function batchOutcomes<P extends NamedPicture, R>(
  pictures: readonly P[],
  run: (pictures: readonly P[]) => Promise<R[]>,
): Promise<Outcome<P, R>[]> {
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
