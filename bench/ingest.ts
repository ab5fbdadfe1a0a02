/**
 * `node --import ./test/support/typescript.mjs bench/ingest.ts [--files 50000]`: taking in a folder of small pictures with
 * the shipped model, then again with nothing changed, with all folders renamed, and with one file changed.
 */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadClip } from '../src/clip/index.ts';
import { openCollection } from '../src/search/index.ts';

const IN_FOLDER = 500;
const { values } = parseArgs({ options: { files: { type: 'string', default: '50000' } } });
const files = Number(values.files);
const base = await mkdtemp(join(tmpdir(), 'tuwen-ingest-'));
const folderOf = (i: number, name = 'folder') => join(base, 'photos', `${name}-${Math.floor(i / IN_FOLDER)}`);

/** A BMP of 8 × 8 pixels, another for every number. */
function bitmap(number: number): Buffer {
  const bytes = Buffer.alloc(54 + 192);
  bytes.write('BM');
  for (const [at, value] of [
    [2, 246],
    [10, 54],
    [14, 40],
    [18, 8],
    [22, 8],
    [26, 0x180001],
  ] as const)
    bytes.writeUInt32LE(value, at);
  for (let i = 54, state = number + 1; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

try {
  for (let i = 0; i < files; i++) {
    if (i % IN_FOLDER === 0) await mkdir(folderOf(i), { recursive: true });
    await writeFile(join(folderOf(i), `${i}.bmp`), bitmap(i));
  }
  await using clip = await loadClip('mini');
  await using collection = await openCollection({ folder: join(base, 'collection'), clip, create: true });
  const measure = async (name: string) => {
    const began = performance.now();
    const { failed, ...counts } = await collection.sync([join(base, 'photos')], { batchSize: 32 });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const memory = Math.round(process.resourceUsage().maxRSS / 1024);
    console.log(
      `${name}: ${seconds} s, at most ${memory} MB so far, ${JSON.stringify(counts)}, ${failed.length} failed`,
    );
  };
  await measure('all new');
  await measure('nothing changed');
  await writeFile(join(folderOf(0), '0.bmp'), bitmap(files));
  await measure('one file changed');
  for (let i = 0; i < files; i += IN_FOLDER) await rename(folderOf(i), folderOf(i, 'moved'));
  await measure('all folders renamed');
} finally {
  await rm(base, { recursive: true, force: true });
}
