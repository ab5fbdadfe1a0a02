import { access } from 'node:fs/promises';
import { TuwenError } from '../../base/index.ts';
import { EMBEDDED } from '../places.ts';
import { databaseIn, embeddedStore } from './embedded/store.ts';
import { openMilvus } from './milvus/store.ts';
import type { VectorStore } from './store.ts';

/**
 * Opens the store of a collection by its address: `embedded`, or `milvus://host:port`. Undefined where there is none
 * and none is to be made. Throws TUWEN_BAD_ARGUMENT and what the stores throw.
 */
export async function openStore(
  address: string,
  name: string,
  folder: string,
  create: boolean,
): Promise<VectorStore | undefined> {
  if (address === EMBEDDED) {
    const isThere = await access(databaseIn(folder)).then(
      () => true,
      () => false,
    );
    return isThere || create ? embeddedStore(folder) : undefined;
  }
  if (/^milvuss?:\/\//.test(address)) return openMilvus(address, name, create);
  const expected = `${EMBEDDED} or milvus://host:port`;
  throw new TuwenError('TUWEN_BAD_ARGUMENT', { name: 'store', got: address, expected });
}
