import { createHash } from 'node:crypto';
import { TuwenError } from '../base/index.ts';
import type { Clip } from '../clip/index.ts';
import type { VectorStore } from './stores/store.ts';
import type { ModelIdentity } from './types.ts';

/** The id of the file at a path: the same in every run, so that a file taken in twice is there once. */
export function idOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}

export function identityOf({ info: { name, path, dim, fingerprint } }: Clip): ModelIdentity {
  return { name, dim, fingerprint, path };
}

/**
 * Holds a model to the one whose vectors a store has; with `claim` the model becomes that one where there is none.
 * Throws TUWEN_COLLECTION_MODEL.
 */
export async function checkModel(
  collection: string,
  store: VectorStore,
  clip: Clip,
  { claim = false } = {},
): Promise<void> {
  const model = identityOf(clip);
  const stored = await store.model();
  if (stored === undefined && claim) await store.setModel(model);
  if (stored === undefined) return;
  if (stored.dim !== model.dim || stored.fingerprint !== model.fingerprint)
    throw new TuwenError('TUWEN_COLLECTION_MODEL', { collection, stored, model });
}
