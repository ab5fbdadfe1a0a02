import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crc32c, createEventFile } from './event-file.ts';

test('the checksum is that of the standard', () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRCs.
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
});

test('a file has the records of the format, byte by byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tuwen-events-'));
  try {
    const file = createEventFile(folder, () => 1.5);
    await file.scalars(300, { 'train/loss': 0.25 });
    const [first, second] = records(await readFile(file.path));
    // wall_time 1.5, file_version.
    expect(first).toBe(`09000000000000f83f1a0d${Buffer.from('brain.Event:2').toString('hex')}`);
    // wall_time 1.5, step 300, summary { value { tag, simple_value 0.25 } }.
    const tag = Buffer.from('train/loss').toString('hex');
    expect(second).toBe(`09000000000000f83f10ac022a130a110a0a${tag}150000803e`);
    // With these twelve bytes begins every such file.
    expect((await readFile(file.path)).subarray(0, 12).toString('hex')).toBe('1800000000000000a37f4b22');
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** What the records of a file hold, in hexadecimal digits. */
function records(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    found.push(bytes.subarray(at + 12, at + 12 + length).toString('hex'));
    at += length + 16;
  }
  return found;
}
