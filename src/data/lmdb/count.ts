import { type Lmdb, openLmdb } from './environment.ts';
import { lmdbFaults } from './fault.ts';

/**
 * Opens an official LMDB, which records under `key` how many other entries it has. Throws TUWEN_LMDB_INVALID where that
 * is not their number.
 */
export async function openCounted(folder: string, key: string): Promise<{ lmdb: Lmdb; count: number }> {
  const lmdb = await openLmdb(folder);
  try {
    const fail = lmdbFaults(lmdb.path);
    const text = (await lmdb.get(key))?.toString('latin1');
    if (text === undefined || !/^\d{1,15}$/.test(text)) throw fail('no-count', key);
    const count = Number(text);
    if (count !== lmdb.entries - 1) throw fail('wrong-count', `${key} ${count}, ${lmdb.entries - 1}`);
    return { lmdb, count };
  } catch (error) {
    await lmdb.close();
    throw error;
  }
}
