/** The checkpoints of `test/fixtures/checkpoints`, unpacked into a folder. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { parseSafetensors } from '../../src/weights/index.ts';
import { fixture } from './fixtures.ts';

/** The bytes of every file by its path. */
export function checkpointFiles(): Map<string, Uint8Array> {
  const packed = parseSafetensors(brotliDecompressSync(readFileSync(fixture('checkpoints/files.br'))));
  return new Map(Array.from(packed, ([path, { bytes }]) => [path, bytes]));
}

/** Writes the files into a new temporary folder, which the caller removes. */
export function unpackCheckpoints(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tuwen-checkpoints-'));
  for (const [path, bytes] of checkpointFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}
