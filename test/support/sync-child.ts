/** A process that brings a collection in step with a folder and says how far it is: made to be killed. */
import { TuwenError } from '../../src/base/index.ts';
import { loadClip } from '../../src/clip/index.ts';
import { createCollection } from '../../src/search/collection.ts';
import { openNotes } from '../../src/search/notes.ts';
import { embeddedStore } from '../../src/search/stores/embedded/store.ts';

/** So small that an index is made, and made anew, all the time. */
export const LIMITS = { exactUpTo: 8, staleFrom: 4, staleShare: 0 };

const [photos, folder] = process.argv.slice(2);
if (photos !== undefined && folder !== undefined && process.argv[1]!.endsWith('sync-child.ts')) {
  const clip = await loadClip('mini', { threads: 1 });
  process.stdout.write('ready\n');
  try {
    const store = await embeddedStore(folder, LIMITS);
    const parts = { name: 'killed', address: 'embedded', folder, store, notes: openNotes(folder), clip };
    const collection = createCollection(parts);
    const report = await collection.sync([photos], {
      batchSize: 2,
      decoders: 1,
      onProgress: ({ unit, done }) => process.stdout.write(`${unit} ${done}\n`),
    });
    process.stdout.write(`report ${JSON.stringify(report)}\n`);
  } catch (error) {
    if (!(error instanceof TuwenError)) throw error;
    process.stdout.write(`error ${error.code}\n`);
    process.exitCode = 1;
  }
  process.exit();
}
