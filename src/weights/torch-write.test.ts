import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenFile } from './files.ts';
import {
  fromFloat32,
  inMemory,
  readTorch,
  readTorchHeader,
  type Tensor,
  writeTorch,
  zeros,
} from './index.ts';
import { torchErrors } from './torch-error.ts';
import { openZip } from './zip.ts';
import { zipDirectory } from './zip-directory.ts';
import { directory, localHeader } from './zip-write.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-torch-write-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TENSORS = new Map<string, Tensor>([
  ['scalar', fromFloat32(Float32Array.of(4.6), [])],
  ['matrix', fromFloat32(Float32Array.from({ length: 6 }, Math.sqrt), [2, 3])],
  ['halves', fromFloat32(Float32Array.of(1, -2, 0.5), [3], 'F16')],
  ['空', fromFloat32(new Float32Array(0), [0, 4])],
  ['count', { dtype: 'I64', shape: [], bytes: new Uint8Array(BigInt64Array.of(7n).buffer) }],
  ['one byte', { dtype: 'BOOL', shape: [1], bytes: Uint8Array.of(1) }],
]);

test('what is written is read again, whole or left in its file', async () => {
  const path = join(folder, 'a.pt');
  await writeTorch(path, TENSORS, { epoch: 7, loss: 0.25, far: 2 ** 40, name: '名 x' });
  const { format, notes, optimizer } = await readTorchHeader(path);
  expect({ format, optimizer }).toEqual({ format: 'torch-zip', optimizer: false });
  expect(Object.fromEntries(notes)).toEqual({ epoch: 7, loss: 0.25, far: 2 ** 40, name: '名 x' });
  for (const mapped of [false, true]) {
    const read = await readTorch(path, { mapped });
    expect([...read.keys()]).toEqual([...TENSORS.keys()]);
    for (const [name, tensor] of TENSORS) {
      const { dtype, shape, bytes } = inMemory(read.get(name)!);
      expect({ dtype, shape, bytes: [...bytes] }).toEqual({ ...tensor, bytes: [...tensor.bytes] });
      expect(read.get(name)!.stored === undefined).toBe(!mapped);
    }
  }
});

test('contents begin at multiples of 64 and have their checksum in both headers', async () => {
  const path = join(folder, 'aligned.pt');
  await writeTorch(path, TENSORS, { name: 'x' });
  const bytes = await readFile(path);
  const zip = await openZip(memory(bytes), torchErrors(path));
  expect([...zip.entries.keys()].slice(0, 3)).toEqual([
    'archive/data.pkl',
    'archive/byteorder',
    'archive/data/0',
  ]);
  for (const entry of zip.entries.values()) {
    const start = (await zip.placeOf(entry))!;
    expect(start % 64, entry.name).toBe(0);
    expect(bytes.readUInt32LE(entry.offset + 14)).toBe(crc32(bytes.subarray(start, start + entry.size)));
  }
});

test('bytes that do not fit their shape are refused, and no file appears', async () => {
  const path = join(folder, 'bad.pt');
  const wrong = { ...fromFloat32(Float32Array.of(1, 2), [2]), shape: [3] };
  await expect(writeTorch(path, new Map([['w', wrong]]))).rejects.toMatchObject({
    code: 'TUWEN_BAD_ARGUMENT',
  });
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the bytes of one tensor at a time are asked for', async () => {
  let made = 0;
  const tensors = new Map<string, Tensor>();
  for (let i = 0; i < 5; i++) {
    const zero = zeros('F32', [4]);
    tensors.set(`t${i}`, {
      dtype: 'F32',
      shape: [4],
      get bytes() {
        made += 1;
        return zero.bytes;
      },
    });
  }
  await writeTorch(join(folder, 'lazy.pt'), tensors);
  expect(made).toBe(5);
});

describe('archives beyond 4 GiB', () => {
  const GIB = 2 ** 30;
  const small = { name: 'archive/version', crc: 1, size: 2, offset: 0 };

  test.each([
    [
      'an entry that begins there',
      [
        { ...small, name: 'a', size: 3 },
        { ...small, offset: 5 * GIB },
      ],
    ],
    [
      'an entry that is larger',
      [
        { ...small, name: 'a', size: 6 * GIB },
        { ...small, offset: 7 * GIB },
      ],
    ],
    [
      'neither',
      [
        { ...small, name: 'a' },
        { ...small, offset: GIB },
      ],
    ],
  ])('%s', async (_, entries) => {
    const end = 8 * GIB;
    const tail = directory(entries, end);
    const fields = (await zipDirectory(memory(tail, end), torchErrors('a.pt'))).map(
      ({ name, size, packedSize, offset }) => ({ name, size, packedSize, offset }),
    );
    expect(fields).toEqual(
      entries.map(({ name, size, offset }) => ({ name, size, packedSize: size, offset })),
    );
  });

  test('more entries than 16 bits count', async () => {
    const entries = Array.from({ length: 70_000 }, (_, i) => ({ ...small, name: `e${i}`, offset: 100 * i }));
    const tail = directory(entries, 7_000_000);
    expect((await zipDirectory(memory(tail, 7_000_000), torchErrors('a.pt'))).length).toBe(70_000);
  });

  test.each([0, 63, 5 * GIB + 1])('a header at %d is padded to 64', (offset) => {
    for (const size of [3, 5 * GIB]) {
      const header = localHeader({ name: 'archive/data/12', crc: 1, size, offset });
      expect((offset + header.byteLength) % 64).toBe(0);
    }
  });
});

/** A file of which only the bytes from `start` on exist. */
function memory(bytes: Uint8Array, start = 0): OpenFile {
  return {
    path: 'memory.pt',
    size: start + bytes.byteLength,
    async read(into, position) {
      if (position < start) {
        const rest = start - position;
        into.subarray(0, rest).fill(0);
        into.set(bytes.subarray(0, Math.max(0, into.byteLength - rest)), Math.min(rest, into.byteLength));
        return into.byteLength;
      }
      const part = bytes.subarray(position - start, position - start + into.byteLength);
      into.set(part);
      return part.byteLength;
    },
  };
}
