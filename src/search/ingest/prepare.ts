/** Changed files made ready for the model, some ahead of it, in their order. */
import { isTuwenError, type TuwenError } from '../../base/index.ts';
import type { Waiting } from '../notes.ts';
import type { StoredItem, VectorStore } from '../stores/store.ts';
import type { Prepared } from './decode-protocol.ts';
import type { Decoders } from './decoders.ts';

/** A changed file: decoded, or with the same content as an item there is, or failed. */
export type Ready = { readonly file: Waiting } & (
  | { readonly hash: string; readonly picture: Prepared }
  | { readonly hash: string; readonly known: StoredItem }
  | { readonly error: TuwenError }
);

/** Has at most `ahead` files in memory. */
export async function* prepared(
  files: Iterable<Waiting>,
  ahead: number,
  decoders: Decoders,
  store: VectorStore,
): AsyncGenerator<Ready, void, undefined> {
  const pending: Promise<Ready>[] = [];
  for (const file of files) {
    const preparing = prepare(file, decoders, store);
    preparing.catch(() => {}); // Thrown when its turn comes.
    pending.push(preparing);
    if (pending.length >= ahead) yield await pending.shift()!;
  }
  for (const preparing of pending) yield await preparing;
}

async function prepare(file: Waiting, decoders: Decoders, store: VectorStore): Promise<Ready> {
  let known: StoredItem | undefined;
  let storeFailed = false;
  const isNeeded = async (hash: string) => {
    try {
      const [same] = await store.list({ hash, limit: 1 });
      if (same) [known] = await store.vectors([same.id]);
      return known === undefined;
    } catch (error) {
      storeFailed = true;
      throw error;
    }
  };
  try {
    const { hash, picture } = await decoders.decode(file.path, isNeeded);
    return picture ? { file, hash, picture } : { file, hash, known: known! };
  } catch (error) {
    if (isTuwenError(error) && !storeFailed) return { file, error };
    throw error;
  }
}
