/** Pickles that mean harm, or are broken: always one TuwenError, and nothing run. */
import { describe, expect, test } from 'vitest';
import {
  archive,
  bytesOf,
  memoryFile,
  pickle,
  push,
  uint32,
  uint64,
} from '../../test/support/torch-writer.ts';
import { isTuwenError } from '../base/index.ts';
import { readTorchFrom } from './torch.ts';
import { LEGACY_MAGIC } from './torch-legacy.ts';

const read = (value: Uint8Array, storages: Record<string, Uint8Array> = {}) =>
  readTorchFrom(memoryFile(archive(value, storages)));

const repeated = (text: string, count: number) => Buffer.alloc(count * text.length, text, 'latin1');

describe('names and instructions that a state dict does not need', () => {
  const command = push.text('touch /tmp/harm');
  test.each([
    ['os.system', push.call(push.global('os', 'system'), command)],
    ['posix.system', push.call(push.global('posix', 'system'), command)],
    ['builtins.eval', push.call(push.global('builtins', 'eval'), push.text('1'))],
    ['builtins.getattr', push.call(push.global('builtins', 'getattr'))],
    ['torch.load', push.global('torch', 'load')],
    ['torch.storage._load_from_bytes', push.global('torch.storage', '_load_from_bytes')],
    ['cn_clip.clip.model.CLIP', push.global('cn_clip.clip.model', 'CLIP')],
    ['__torch__.Node', push.global('__torch__', 'Node')],
    ['constructor.constructor', push.global('constructor', 'constructor')],
    ['torch.__proto__', push.global('torch', '__proto__')],
    [
      'nested',
      push.call(push.global('collections', 'OrderedDict'), push.call(push.global('nt', 'system'), command)),
    ],
    ['by stack', bytesOf(push.text('subprocess'), push.text('Popen'), 0x93)],
  ])('%s', async (name, value) => {
    const error = await read(pickle(push.dict({ a: value }))).catch((error) => error);
    expect(error).toMatchObject({ code: 'TUWEN_PICKLE_UNSAFE', value: { what: 'global' } });
    if (name.includes('.')) expect(error.value.name).toBe(name);
    expect(error.text('en').message).toContain('nothing was run');
    expect(error.text('zh').message).toContain('未执行');
  });

  test.each([
    ['INST', bytesOf('(ios\nsystem\n')],
    ['OBJ', bytesOf('(', push.global('collections', 'OrderedDict'), 'o')],
    ['NEWOBJ', bytesOf(push.global('collections', 'OrderedDict'), ')', 0x81)],
    ['EXT1', bytesOf(0x82, 1)],
    ['PERSID', bytesOf('Pharm\n')],
    ['0xff', bytesOf(0xff)],
  ])('%s', async (name, value) => {
    await expect(read(pickle(value))).rejects.toMatchObject({
      code: 'TUWEN_PICKLE_UNSAFE',
      value: { what: 'opcode', name },
    });
  });
});

describe('calls', () => {
  const rebuild = push.global('torch._utils', '_rebuild_tensor_v2');
  const storage = push.storage('0', 1);
  const encode = push.global('_codecs', 'encode');
  test.each([
    ['of what is no function', push.call(push.text('os.system'))],
    ['of a type of storage', push.call(push.global('torch', 'FloatStorage'))],
    ['without arguments', push.call(rebuild)],
    [
      'with sizes of another kind',
      push.call(rebuild, storage, push.number(0), push.text('2'), push.sizes(1)),
    ],
    ['with a negative size', push.tensor(storage, -1, [1], [1])],
    ['that would make long bytes', push.call(encode, push.text('x'.repeat(17)), push.text('latin1'))],
    ['of another encoding', push.call(encode, push.text('x'), push.text('rot13'))],
    ['of an unknown kind of number', push.call(push.global('numpy', 'dtype'), push.number(1))],
  ])('%s', async (_, value) => {
    await expect(read(pickle(push.dict({ a: value })), { 0: new Uint8Array(4) })).rejects.toMatchObject({
      code: 'TUWEN_TORCH_INVALID',
      value: { fault: 'bad-call' },
    });
  });
});

describe('storages', () => {
  const tensorOf = (storage: Uint8Array) => pickle(push.dict({ a: push.tensor(storage, 0, [1], [1]) }));
  const id = (...items: Uint8Array[]) => bytesOf(push.tuple(...items), 'Q');
  const kind = push.text('storage');
  const float = push.global('torch', 'FloatStorage');
  test.each([
    ['not in the archive', 'storage-missing', push.storage('1', 1)],
    ['outside the folder', 'storage-missing', push.storage('../byteorder', 1)],
    ['longer than their entry', 'storage-size', push.storage('0', 2)],
    ['longer than any file', 'storage-size', push.storage('0', 2 ** 50)],
    ['shorter than their entry', 'storage-size', push.storage('0', 0)],
    ['of negative length', 'bad-storage', push.storage('0', -1)],
    ['of another kind', 'bad-storage', id(push.text('module'), float, push.text('0'), kind, push.number(1))],
    ['of an unknown type', 'bad-storage', id(kind, kind, push.text('0'), kind, push.number(1))],
    ['without a key', 'bad-storage', id(kind, float, push.number(0), kind, push.number(1))],
    ['that are text', 'bad-storage', bytesOf(push.text('storage'), 'Q')],
  ])('%s', async (_, fault, storage) => {
    await expect(read(tensorOf(storage), { 0: new Uint8Array(4) })).rejects.toMatchObject({
      code: 'TUWEN_TORCH_INVALID',
      value: { fault },
    });
  });

  test('of two types at once', async () => {
    const [a, b] = ['FloatStorage', 'IntStorage'].map((type) =>
      push.tensor(push.storage('0', 1, type), 0, [1], [1]),
    );
    await expect(read(pickle(push.dict({ a: a!, b: b! })), { 0: new Uint8Array(4) })).rejects.toMatchObject({
      value: { fault: 'bad-storage' },
    });
  });
});

describe('sizes and depths', () => {
  test.each([
    ['a text longer than the file', 'pickle-truncated', bytesOf(0x80, 2, 'X', uint32(0xffffffff), 'x')],
    ['a text of 64-bit length', 'pickle-truncated', bytesOf(0x80, 4, 0x8d, uint64(2n ** 63n), 'x')],
    ['bytes longer than the file', 'pickle-truncated', bytesOf(0x80, 3, 'B', uint32(0x7fffffff))],
    ['a name without an end', 'pickle-truncated', bytesOf(0x80, 2, 'cos')],
    ['deep marks', 'pickle-too-deep', repeated('(', 100_000)],
    ['millions of dictionaries', 'pickle-too-large', repeated('}', 600_000)],
    [
      'millions of lists, each in the last',
      'pickle-truncated',
      bytesOf(repeated(']', 100_000), repeated('a', 99_999)),
    ],
    ['millions of nothings', 'pickle-too-large', repeated('N', 5_000_000)],
    ['a memo without end', 'pickle-too-large', bytesOf('N', repeated('\x94', 600_000))],
    ['a memo with a high number', 'not-a-state-dict', pickle(bytesOf('Nr', uint32(0xffffffff)))],
    ['tuples of the last tuple twice', 'pickle-too-large', bytesOf(')', repeated('q\x00h\x00\x86', 600_000))],
    ['a recalled value that was never kept', 'pickle-memo', pickle(bytesOf('h', 7))],
    ['an empty stack', 'pickle-stack', pickle(new Uint8Array(0))],
    ['no mark', 'pickle-stack', pickle(bytesOf('Nt'))],
    ['items for what is no dictionary', 'pickle-stack', pickle(bytesOf('](NNu'))],
    ['an odd count of items', 'pickle-stack', pickle(bytesOf('}(Nu'))],
    ['a key that is a dictionary', 'pickle-stack', pickle(bytesOf('}}Ns'))],
    ['items for what is no list', 'pickle-stack', pickle(bytesOf('}Na'))],
    ['state for what has none', 'pickle-stack', pickle(bytesOf(']}b'))],
    ['text that is not UTF-8', 'pickle-text', pickle(bytesOf('X', uint32(1), 0xff))],
    ['a protocol of the future', 'pickle-protocol', bytesOf(0x80, 6, 'N.')],
    ['a list', 'not-a-state-dict', pickle(bytesOf(']'))],
    ['a list that holds itself', 'not-a-state-dict', pickle(bytesOf(']q\x00h\x00a'))],
    [
      'a dictionary that holds itself',
      'not-a-state-dict',
      pickle(bytesOf('}q\x00', push.text('a'), 'h\x00s')),
    ],
    ['a number in the state dict', 'not-a-state-dict', pickle(push.dict({ a: push.number(1) }))],
  ])('%s', async (_, fault, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'TUWEN_TORCH_INVALID', value: { fault } });
  });

  test('a pickle larger than the limit is not read', async () => {
    await expect(read(repeated('N', 2 ** 24 + 1))).rejects.toMatchObject({
      value: { fault: 'pickle-too-large' },
    });
  });
});

describe('a file cut off at any byte', () => {
  const value = pickle(push.dict({ a: push.tensor(push.storage('0', 2), 0, [2], [1]) }));
  const storage = bytesOf(1, 2, 3, 4, 5, 6, 7, 8);
  const legacy = bytesOf(
    ...[Uint8Array.from(LEGACY_MAGIC), '.', pickle(push.number(1001)), pickle(push.dict({}))],
    ...[value, pickle(bytesOf('](', push.text('0'), 'e')), uint64(2n), storage],
  );
  test.each([
    ['archive', archive(value, { 0: storage })],
    ['deflated archive', archive(value, { 0: storage }, { deflate: true, zip64: true })],
    ['old format', legacy],
  ])('%s', async (_, whole) => {
    expect(Buffer.from((await readTorchFrom(memoryFile(whole))).get('a')!.bytes)).toEqual(storage);
    for (let length = 0; length < whole.byteLength; length++) {
      const error = await readTorchFrom(memoryFile(whole.subarray(0, length))).catch((error) => error);
      expect(isTuwenError(error), `${length}: ${error}`).toBe(true);
    }
  });

  test('storages of the old format are held against the pickle', async () => {
    const head = bytesOf(
      Uint8Array.from(LEGACY_MAGIC),
      '.',
      pickle(push.number(1001)),
      pickle(push.dict({})),
      value,
    );
    const keys = (...names: string[]) => pickle(bytesOf('](', ...names.map(push.text), 'e'));
    const cases: [fault: string, tail: Uint8Array][] = [
      ['storage-missing', keys()],
      ['bad-storage', keys('1')],
      ['storage-size', bytesOf(keys('0'), uint64(3n), storage, storage)],
      ['storage-size', bytesOf(keys('0', '0'), uint64(2n), storage, uint64(2n), storage)],
      ['bad-storage', pickle(push.number(0))],
    ];
    for (const [fault, tail] of cases)
      await expect(readTorchFrom(memoryFile(bytesOf(head, tail)))).rejects.toMatchObject({
        value: { fault },
      });
  });
});
