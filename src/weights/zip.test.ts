/** Zip archives that lie about themselves. */
import { describe, expect, test } from 'vitest';
import {
  archive,
  bytesOf,
  type Entry,
  memoryFile,
  pickle,
  push,
  zip,
} from '../../test/support/torch-writer.ts';
import { readTorchFrom } from './torch.ts';

const value = pickle(push.dict({ a: push.tensor(push.storage('0', 1), 0, [1], [1]) }));
const data = bytesOf(1, 2, 3, 4);
const PICKLE: Entry = { name: 'm/data.pkl', content: value };
const STORAGE: Entry = { name: 'm/data/0', content: data };

const read = (entries: readonly Entry[]) => readTorchFrom(memoryFile(zip(entries)));

test('an archive with other entries, in any order, reads', async () => {
  const other = { name: 'm/.data/serialization_id', content: data };
  const tensors = await read([other, STORAGE, PICKLE, { name: 'm/version', content: data, deflate: true }]);
  expect([...tensors.get('a')!.bytes]).toEqual([1, 2, 3, 4]);
});

test('a comment may follow, even one that looks like an end', async () => {
  const whole = Buffer.from(archive(value, { 0: data }));
  const comment = bytesOf('PK\x05\x06', new Uint8Array(30).fill(7));
  whole.writeUInt16LE(comment.byteLength, whole.byteLength - 2);
  const tensors = await readTorchFrom(memoryFile(bytesOf(whole, comment)));
  expect(tensors.size).toBe(1);
});

describe('refused', () => {
  const zeros = new Uint8Array(64 * 2 ** 20);
  test.each<[what: string, fault: string, entries: readonly Entry[]]>([
    ['no pickle', 'no-pickle', [STORAGE]],
    ['two pickles', 'no-pickle', [PICKLE, { ...PICKLE, name: 'n/data.pkl' }]],
    ['a name twice', 'zip-name', [PICKLE, STORAGE, STORAGE]],
    ['a name that leads out', 'zip-name', [PICKLE, STORAGE, { ...STORAGE, name: 'm/../../x' }]],
    ['an absolute name', 'zip-name', [PICKLE, STORAGE, { ...STORAGE, name: '/etc/passwd' }]],
    ['a name with a drive', 'zip-name', [PICKLE, STORAGE, { ...STORAGE, name: 'c:x' }]],
    ['encrypted', 'zip-method', [PICKLE, { ...STORAGE, flags: 1 }]],
    ['an unknown method', 'zip-method', [PICKLE, { ...STORAGE, method: 12 }]],
    ['a size beyond the file', 'zip-entry', [PICKLE, { ...STORAGE, size: 2 ** 31 }]],
    ['two entries on the same bytes', 'zip-entry', [PICKLE, { ...STORAGE, offset: 0 }]],
    ['an entry in the middle of another', 'zip-entry', [PICKLE, { ...STORAGE, offset: 20 }]],
    ['a bomb', 'zip-bomb', [PICKLE, STORAGE, { name: 'm/data/1', content: zeros, deflate: true }]],
    [
      'a bomb that hides its size',
      'storage-size',
      [PICKLE, { ...STORAGE, content: zeros, deflate: true, size: 8 }],
    ],
    [
      'content beyond the stated size',
      'zip-deflate',
      [PICKLE, { ...STORAGE, content: zeros, deflate: true, size: 4 }],
    ],
    [
      'content below the stated size',
      'zip-deflate',
      [PICKLE, { ...STORAGE, content: bytesOf(1), deflate: true, size: 4 }],
    ],
    ['stored content called deflated', 'zip-deflate', [PICKLE, { ...STORAGE, method: 8 }]],
  ])('%s', async (_, fault, entries) => {
    await expect(read(entries)).rejects.toMatchObject({ code: 'TUWEN_TORCH_INVALID', value: { fault } });
  });
});

test('a directory outside the file is refused', async () => {
  for (const [at, name] of [
    [16, 'offset'],
    [12, 'length'],
    [10, 'count'],
  ] as const) {
    const whole = Buffer.from(archive(value, { 0: data }));
    whole.writeUInt16LE(0xfff0, whole.byteLength - 22 + at);
    await expect(readTorchFrom(memoryFile(whole)), name).rejects.toMatchObject({
      value: { fault: 'zip-directory' },
    });
  }
});
