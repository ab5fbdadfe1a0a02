import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Progress, TuwenError } from '../base/index.ts';
import {
  type DType,
  elements,
  encodeSafetensors,
  parseSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  type StateDict,
  type Tensor,
  toFloat32,
  writeSafetensors,
} from './index.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuwen-weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

function tensor(dtype: DType, shape: number[], values: ArrayBufferView): Tensor {
  return { dtype, shape, bytes: new Uint8Array(values.buffer as ArrayBuffer) };
}

const SAMPLE: StateDict = new Map([
  ['z.weight', tensor('F32', [2, 2], Float32Array.of(1, -2, 0.5, Number.NaN))],
  ['一', tensor('U8', [3], Uint8Array.of(1, 2, 3))],
  ['after.odd', tensor('F32', [], Float32Array.of(7))],
  ['empty', tensor('F16', [0, 5], new Uint16Array(0))],
  ['__proto__', tensor('I64', [1], BigInt64Array.of(-5n))],
]);

describe('round trips', () => {
  test('in memory: names, order, types, shapes and bytes stay', () => {
    const bytes = encodeSafetensors(SAMPLE, { format: 'pt' });
    const read = parseSafetensors(bytes);
    expect([...read.keys()]).toEqual([...SAMPLE.keys()]);
    for (const [name, { dtype, shape, bytes }] of SAMPLE) {
      expect(read.get(name)).toMatchObject({ dtype, shape });
      expect([...read.get(name)!.bytes]).toEqual([...bytes]);
    }
    expect(toFloat32(read.get('after.odd')!)).toEqual(Float32Array.of(7)); // its bytes are not aligned
    expect(elements(read.get('__proto__')!)).toEqual(BigInt64Array.of(-5n));
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  test('on disk: same bytes each time, nothing else left in the folder', async () => {
    const path = join(folder, 'a.safetensors');
    await writeSafetensors(path, SAMPLE, { format: 'pt' });
    await writeSafetensors(path, SAMPLE, { format: 'pt' });
    expect(await readdir(folder)).toEqual(['a.safetensors']);
    const read = await readSafetensors(path);
    expect(encodeSafetensors(read, { format: 'pt' })).toEqual(encodeSafetensors(SAMPLE, { format: 'pt' }));
    expect((await readSafetensorsHeader(path)).metadata).toEqual(new Map([['format', 'pt']]));
  });

  test.each(['tiny-hf/model', 'tiny-hf/expected', 'tiny-rn/model', 'training/data'])(
    '%s, written elsewhere, reads alike from disk and memory, in one buffer',
    async (name) => {
      const read = await readSafetensors(`${fixtures}${name}.safetensors`);
      expect(new Set(Array.from(read.values(), ({ bytes }) => bytes.buffer)).size).toBe(1);
      const again = parseSafetensors(encodeSafetensors(read));
      for (const [key, { bytes }] of read) expect(Buffer.compare(again.get(key)!.bytes, bytes), key).toBe(0);
    },
  );
});

describe('files', () => {
  test('progress counts the bytes of the tensors', async () => {
    const reports: Progress[] = [];
    const path = `${fixtures}tiny-hf/model.safetensors`;
    await readSafetensors(path, { onProgress: (progress) => reports.push(progress) });
    const last = (await readSafetensorsHeader(path)).entries.at(-1)!;
    expect(reports.at(-1)).toMatchObject({ unit: 'byte', done: last.end, total: last.end });
  });

  test('reading stops when asked to', async () => {
    const read = readSafetensors(`${fixtures}tiny-hf/model.safetensors`, {
      signal: AbortSignal.abort('enough'),
    });
    await expect(read).rejects.toMatchObject({ code: 'TUWEN_CANCELLED', cause: 'enough' });
  });

  test('what is not there, or not a file, is named', async () => {
    await expect(readSafetensors(join(folder, 'none'))).rejects.toMatchObject({
      code: 'TUWEN_FILE_MISSING',
      value: { path: join(folder, 'none') },
    });
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'TUWEN_FILE_UNREADABLE' });
    await expect(writeSafetensors(join(folder, 'no/where'), SAMPLE)).rejects.toMatchObject({
      code: 'TUWEN_FILE_UNWRITABLE',
    });
  });

  test('a tensor whose bytes do not fit is not written', () => {
    const bad = new Map([['a', { ...SAMPLE.get('一')!, shape: [4] }]]);
    expect(() => encodeSafetensors(bad)).toThrow(TuwenError);
    expect(() => encodeSafetensors(new Map([['__metadata__', SAMPLE.get('一')!]]))).toThrow(TuwenError);
  });
});

/** A file with this header, as text or to be turned into JSON, and so many bytes of data. */
function file(header: unknown, dataLength: number, headerLength?: bigint): Uint8Array {
  const text =
    header instanceof Uint8Array ? header : typeof header === 'string' ? header : JSON.stringify(header);
  const json = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const bytes = new Uint8Array(8 + json.byteLength + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.byteLength), true);
  bytes.set(json, 8);
  return bytes;
}

const four = (begin: number, more: object = {}) => ({
  dtype: 'F32',
  shape: [1],
  data_offsets: [begin, begin + 4],
  ...more,
});
const entry = JSON.stringify(four(0));

const HOSTILE: [what: string, fault: string, bytes: Uint8Array][] = [
  ['an empty file', 'too-short', new Uint8Array(0)],
  ['seven bytes', 'too-short', new Uint8Array(7)],
  ['a header of 2^64 - 1 bytes', 'header-too-large', file({}, 0, 2n ** 64n - 1n)],
  ['a header of 100 MB and a byte', 'header-too-large', file({}, 0, 100_000_001n)],
  ['a header of 100 MB in a small file', 'header-beyond-file', file({}, 0, 100_000_000n)],
  ['no header', 'header-not-json', file('', 0)],
  ['a header that is not JSON', 'header-not-json', file('{"a":', 0)],
  ['a header that is a list', 'header-not-json', file('[]', 0)],
  ['a header that is null', 'header-not-json', file('null', 0)],
  ['a byte order mark', 'header-not-json', file('\ufeff{}', 0)],
  ['invalid UTF-8', 'header-not-json', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), 0)],
  ['an unfinished name', 'header-not-json', file('{"a\\', 0)],
  ['deep lists', 'header-too-deep', file(`{"a":${'['.repeat(1_000_000)}`, 0)],
  ['deep objects', 'header-too-deep', file('{"a":'.repeat(1_000_000), 0)],
  ['a name twice', 'duplicate-name', file(`{"a":${entry},"a":${entry}}`, 4)],
  ['a name twice, once escaped', 'duplicate-name', file(`{"a":${entry},"\\u0061":${entry}}`, 4)],
  ['a key twice in an entry', 'duplicate-name', file(`{"a":{"dtype":"F32",${entry.slice(1)}}`, 4)],
  ['metadata that is text', 'bad-metadata', file({ __metadata__: 'pt' }, 0)],
  ['metadata with a number', 'bad-metadata', file({ __metadata__: { format: 1 } }, 0)],
  ['an entry that is a number', 'bad-entry', file({ a: 1 }, 0)],
  ['an entry without a shape', 'bad-entry', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4)],
  ['an unknown type', 'unknown-dtype', file({ a: four(0, { dtype: 'F31' }) }, 4)],
  ['a type named like a method', 'unknown-dtype', file({ a: four(0, { dtype: 'toString' }) }, 4)],
  ['a negative size', 'bad-shape', file({ a: four(0, { shape: [-1] }) }, 4)],
  ['half a size', 'bad-shape', file({ a: four(0, { shape: [0.5] }) }, 4)],
  ['a size as text', 'bad-shape', file({ a: four(0, { shape: ['1'] }) }, 4)],
  ['a shape that is a number', 'bad-shape', file({ a: four(0, { shape: 1 }) }, 4)],
  ['sizes that overflow', 'bad-shape', file({ a: four(0, { shape: [2 ** 32, 2 ** 32] }) }, 4)],
  [
    'sizes that overflow before a zero',
    'bad-shape',
    file({ a: four(0, { shape: [2 ** 52, 2 ** 52, 0] }) }, 4),
  ],
  ['offsets reversed', 'bad-offsets', file({ a: four(0, { data_offsets: [4, 0] }) }, 4)],
  ['negative offsets', 'bad-offsets', file({ a: four(0, { data_offsets: [-4, 0] }) }, 4)],
  ['three offsets', 'bad-offsets', file({ a: four(0, { data_offsets: [0, 4, 4] }) }, 4)],
  [
    'offsets beyond the file',
    'bad-offsets',
    file({ a: four(0, { shape: [2 ** 38], data_offsets: [0, 2 ** 40] }) }, 4),
  ],
  ['a truncated file', 'bad-offsets', file({ a: four(0) }, 3)],
  ['too many bytes for the shape', 'wrong-length', file({ a: four(0, { data_offsets: [0, 8] }) }, 8)],
  ['too few bytes for the type', 'wrong-length', file({ a: four(0, { dtype: 'F64' }) }, 4)],
  ['an overlap', 'overlap', file({ a: four(0), b: four(2) }, 6)],
  ['the same bytes twice', 'overlap', file({ a: four(0), b: four(0) }, 4)],
  ['a hole', 'hole', file({ a: four(0), b: four(8) }, 12)],
  ['a hole at the start', 'hole', file({ a: four(4) }, 8)],
  ['bytes after the last tensor', 'trailing-bytes', file({ a: four(0) }, 5)],
  ['data without tensors', 'trailing-bytes', file({}, 1)],
];

describe('hostile files', () => {
  test.each(HOSTILE)('%s: %s', async (_, fault, bytes) => {
    const refusal = { code: 'TUWEN_SAFETENSORS_INVALID', value: { fault } };
    expect(() => parseSafetensors(bytes)).toThrow(expect.objectContaining({ code: refusal.code }));
    const path = join(folder, 'hostile.safetensors');
    await writeFile(path, bytes);
    const before = process.memoryUsage().arrayBuffers;
    await expect(readSafetensors(path)).rejects.toMatchObject(refusal);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes.byteLength + 2 ** 20);
  });
});
