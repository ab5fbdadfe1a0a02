import { compareKeys } from '../id.ts';
import type { Picture } from '../types.ts';

/** Pictures of an index by the bytes of their ids. */
export async function* inKeyOrder(
  index: () => Promise<ReadonlyMap<string, unknown>>,
  at: (key: string) => Promise<Picture | undefined>,
): AsyncGenerator<Picture> {
  const keys = [...(await index()).keys()].sort(compareKeys);
  for (const key of keys) {
    const picture = await at(key);
    if (picture) yield picture;
  }
}
