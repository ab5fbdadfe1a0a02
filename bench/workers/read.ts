/** Reads a checkpoint's tensors, or its bytes, or nothing: `read.js <nothing | bytes | tensors> <file>`. */
import { open } from 'node:fs/promises';
import { readWeights } from '../../src/weights/index.ts';
import { serve } from './serve.ts';

const CHUNK = 2 ** 24;
const [kind, file] = process.argv.slice(2) as [string, string];
const kept: unknown[] = [];

await serve(async () => {
  const begin = performance.now();
  if (kind === 'bytes') kept.push(await bytesOf(file));
  if (kind === 'tensors') kept.push(await readWeights(file));
  return { seconds: (performance.now() - begin) / 1000 };
});

/** The whole file in buffers of at most 2 GB. */
async function bytesOf(path: string): Promise<Uint8Array[]> {
  await using handle = await open(path);
  const { size } = await handle.stat();
  const buffers: Uint8Array[] = [];
  for (let at = 0; at < size; ) {
    const buffer = new Uint8Array(Math.min(2 ** 31, size - at));
    for (let from = 0; from < buffer.length; ) {
      const { bytesRead } = await handle.read(buffer, from, Math.min(CHUNK, buffer.length - from), at + from);
      from += bytesRead;
    }
    buffers.push(buffer);
    at += buffer.length;
  }
  return buffers;
}
